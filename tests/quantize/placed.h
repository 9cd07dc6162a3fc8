#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "export/small_network.h"
#include "quantize/placement.h"

namespace quantrail::testing {

/// A small network and its placement, as tests ask about it.
struct Placed {
  Graph graph{};
  Placement placement{};

  explicit Placed(const SmallNetwork& net, const PlacementOptions& options = {})
      : graph(net.graph()), placement(placed(net.graph(), net.types(), options)) {}

  [[nodiscard]] std::vector<std::string> at(Place place) const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      if (placement.nodes[i].place == place) names.push_back(graph.nodes[i].name);
    }
    return names;
  }
  [[nodiscard]] Place place(const std::string& name) const {
    return placement.nodes[*GraphIndex(graph).node(name)].place;
  }
  [[nodiscard]] std::string reason(const std::string& name) const {
    return placement.nodes[*GraphIndex(graph).node(name)].reason;
  }
  /// The values that share parameters with `value`; empty when it has no point.
  [[nodiscard]] std::vector<std::string> shared(const std::string& value) const {
    for (const auto& c : placement.classes) {
      if (std::find(c.values.begin(), c.values.end(), value) != c.values.end()) return c.values;
    }
    return {};
  }
};

}  // namespace quantrail::testing
