#pragma once

#include <string>
#include <vector>

#include "model/graph.h"

namespace quantrail {

inline std::vector<std::string> node_names(const Graph& graph) {
  std::vector<std::string> names;
  for (const auto& node : graph.nodes) names.push_back(node.name);
  return names;
}

}  // namespace quantrail
