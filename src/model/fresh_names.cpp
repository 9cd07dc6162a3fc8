#include "model/fresh_names.h"

namespace quantrail {

std::string FreshNames::like(const std::string& wanted) {
  std::string name = wanted;
  if (taken_.contains(name)) {
    int& suffix = suffixes_.try_emplace(wanted, 2).first->second;
    while (taken_.contains(name)) name = wanted + "_" + std::to_string(suffix++);
  }
  taken_.insert(name);
  return name;
}

std::set<std::string, std::less<>> names_in(const Graph& graph) {
  std::set<std::string, std::less<>> names;
  for (const auto& input : graph.inputs) names.insert(input.name);
  for (const auto& [name, value] : graph.constants) names.insert(name);
  for (const auto& node : graph.nodes) {
    names.insert(node.name);
    names.insert(node.outputs.begin(), node.outputs.end());
  }
  return names;
}

}  // namespace quantrail
