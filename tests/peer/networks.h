#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "export/small_network.h"

namespace quantrail::testing {

/// A small network in which some way of fusing, or of undoing a reverted layer, can go wrong.
struct NamedNetwork {
  std::string name{};
  std::function<SmallNetwork()> build{};
  friend std::ostream& operator<<(std::ostream& out, const NamedNetwork& network) { return out << network.name; }
};

[[nodiscard]] std::vector<NamedNetwork> networks();
/// Networks in which an operator only moves values, one for each way of moving.
[[nodiscard]] std::vector<NamedNetwork> networks_of_moves();

}  // namespace quantrail::testing
