#pragma once

#include <map>
#include <string>

namespace quantrail {

/// What a run established before its first iteration.
struct Baseline {
  std::map<std::string, double> metrics{};  ///< of the float model
  std::map<std::string, double> limits{};   ///< largest drop allowed, in metric units
  std::string optimised{};                  ///< the metric that `drop` is about
  bool operator==(const Baseline&) const = default;
};

}  // namespace quantrail
