#pragma once

#include <string>
#include <vector>

#include "runtime/plan.h"

namespace quantrail::app {

/// What a run's record says of the processor.
struct Machine {
  std::string cpu{};                 ///< as it calls itself; empty where that is not known
  std::vector<std::string> flags{};  ///< of its instruction sets, those that matter here
  std::string kernel{};              ///< release
};
[[nodiscard]] Machine this_machine();

/// What its instructions mean for integer layers.
[[nodiscard]] std::string int8_text(const RuntimeInfo& info);

}  // namespace quantrail::app
