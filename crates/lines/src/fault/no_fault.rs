//! Words that are no fault by themselves: ends of troubles, and what programs raise against themselves. Data only.

/// Ends of troubles, what is not supported of the things that clients choose, what their addresses are called, and what a program
/// only guesses.
pub(super) const INNOCENT: &str = "does not resolve to address | on line power | mains returned | media type | content type | \
    request method | mediatype | httpmethod .. not supported | unsupported browser | \
    is likely overloaded | will be ignored | checking if .. battery";

/// What an error is called that a program raises against itself, without the `Error` or `Exception` behind it.
pub(super) const ERRORS: &str = "argument | arithmetic | assertion | attribute | classcast | classnotfound | concurrentmodification | \
    illegalargument | illegalstate | import | index | indexoutofbounds | indexoutofrange | invalidcast | \
    invalidoperation | key | keynotfound | lazyinitialization | modulenotfound | name | noclassdeffound | \
    nomethod | nosuchelement | nosuchfield | nosuchmethod | notimplemented | nullpointer | nullreference | \
    range | recursion | reference | runtime | stackoverflow | syntax | templatesyntax | type | unboundlocal | \
    value | zerodivision";
