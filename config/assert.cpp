#include "config/assert.h"

#include <cstdio>
#include <cstdlib>

namespace efface {

void assertion_failed(const char* condition, const char* file, int line) {
    std::fprintf(stderr, "efface: assertion failed: %s (%s:%d)\n", condition, file, line);
    std::abort();
}

}  // namespace efface
