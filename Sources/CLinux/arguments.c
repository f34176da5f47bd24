#include "shim.h"

static int kept_count = 0;
static char **kept_words = 0;

// glibc calls constructors with what it calls main with. Swift's own list comes from
// /proc/self/cmdline, which a chroot may lack, and is empty where a preloaded library has changed the
// environment, as libfaketime does.
__attribute__((constructor)) static void keep_arguments(int count, char **words) {
  kept_count = count;
  kept_words = words;
}

int clinux_argument_count(void) { return kept_count; }

const char *clinux_argument(int position) {
  return position >= 0 && position < kept_count ? kept_words[position] : 0;
}
