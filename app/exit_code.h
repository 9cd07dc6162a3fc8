#pragma once

#include "base/error.h"
#include "run/records.h"

namespace quantrail::app {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kBadInput = 2;
inline constexpr int kStopped = 3;
inline constexpr int kOwned = 75;

[[nodiscard]] int exit_code(Cause cause);
[[nodiscard]] int exit_code(Outcome outcome);

/// Prints "quantrail: MESSAGE" to standard error and returns the exit code of its cause.
[[nodiscard]] int complained(const Error& error);

}  // namespace quantrail::app
