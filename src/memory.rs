//! Where the program takes its memory from, and how soon it gives it back.
//! Nothing else may name the allocator.

#![expect(unsafe_code, reason = "the allocator's settings are functions of C")]

/// Of many small inputs memory is many small pieces, which one thread takes and another lets go of. The system's own allocators
/// keep the room with the first thread, put a header before each piece, and are slower at both.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// `mi_option_purge_delay` of mimalloc.h, which the binding leaves out.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;

/// From now on pages that hold nothing go back to the system when the last piece goes, rather than some milliseconds later. What
/// is read of a month, or of many small inputs, takes a quarter less so, and not measurably longer; a watch, which takes and gives the
/// same again and again, would ask the system for them each time.
pub(crate) fn give_back_at_once() {
    // SAFETY: two numbers are handed over, and the allocator reads this one as it frees; it says that the call is not thread safe
    // since two of them may overwrite each other, and this is the only one, before there is a second thread.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, 0) };
}
