// EFFACE_ASSERT: a check that stays on in release builds. A crash costs a minute, a wrong
// assumption publishes a patient. The message holds the condition's text only, never a value.
#pragma once

namespace efface {

[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

}  // namespace efface

#define EFFACE_ASSERT(condition) \
    ((condition) ? static_cast<void>(0) : ::efface::assertion_failed(#condition, __FILE__, __LINE__))
