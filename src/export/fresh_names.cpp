#include "export/fresh_names.h"

namespace quantrail {

FreshNames::FreshNames(const Graph& graph) {
  for (const auto& input : graph.inputs) taken_.insert(input.name);
  for (const auto& [name, tensor] : graph.constants) taken_.insert(name);
  for (const auto& node : graph.nodes) {
    taken_.insert(node.name);
    taken_.insert(node.outputs.begin(), node.outputs.end());
  }
}

std::string FreshNames::like(const std::string& wanted) {
  std::string name = wanted;
  for (int suffix = 2; !taken_.insert(name).second; ++suffix) name = wanted + "_" + std::to_string(suffix);
  return name;
}

}  // namespace quantrail
