//! What is remembered of quiet messages never changes an answer.

use super::*;

#[test]
fn only_the_very_text_in_its_scope_is_known_to_be_quiet() {
    let mut q = Quiet::default();
    assert!(!q.knows(b"answer sent", Kind::App));
    q.learn(b"answer sent", Kind::App);
    assert!(q.knows(b"answer sent", Kind::App));
    assert!(!q.knows(b"answer sent", Kind::Deploy) && !q.knows(b"answer sen", Kind::App));
    // another text of the same slot takes its place
    let other = (0u32..)
        .map(|i| i.to_string().into_bytes())
        .find(|t| Quiet::slot(t) == Quiet::slot(b"answer sent"))
        .unwrap();
    q.learn(&other, Kind::App);
    assert!(q.knows(&other, Kind::App) && !q.knows(b"answer sent", Kind::App));
    let long = vec![b'a'; Quiet::LONGEST + 1];
    q.learn(&long, Kind::App);
    assert!(!q.knows(&long, Kind::App));
}
