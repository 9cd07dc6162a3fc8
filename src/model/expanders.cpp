#include "model/expanders.h"

#include <algorithm>

#include "model/told_sizes.h"

namespace quantrail {
namespace {

const Expanders& all_expanders() {
  static const Expanders kExpanders = [] {
    Expanders expanders;
    add_code_expanders(expanders);
    add_activation_expanders(expanders);
    add_normalisation_expanders(expanders);
    add_attention_expanders(expanders);
    add_position_expanders(expanders);
    return expanders;
  }();
  return kExpanders;
}

const Expander* expander_of(const Node& node) {
  const auto found = all_expanders().find(node.op);
  return found == all_expanders().end() ? nullptr : &found->second;
}

Status check_form(const Node& node, const Expander& expander) {
  const auto given = [](const std::string& value) { return !value.empty(); };
  const auto least = static_cast<std::ptrdiff_t>(expander.least_inputs);
  const bool all =
      std::ssize(node.inputs) >= least && std::all_of(node.inputs.begin(), node.inputs.begin() + least, given);
  if (!all) return fail(Cause::InvalidInput, "needs {} inputs, the first ones", expander.least_inputs);
  if (node.outputs.size() > expander.most_outputs)
    return fail(Cause::InvalidInput, "has {} outputs, at most {} are allowed", node.outputs.size(),
                expander.most_outputs);
  return {};
}

/// Sizes are learned on the way, from one choice of what is open and another.
Result<Graph> expanded(Graph graph, const InputShapes& first, const InputShapes& second) {
  Names names(graph);
  LearnedSizes sizes(graph, first, second);
  std::vector<Node> nodes;
  for (auto& node : graph.nodes) {
    const auto* expander = expander_of(node);
    if (expander == nullptr) {
      sizes.learn(graph, node);
      nodes.push_back(std::move(node));
      continue;
    }
    const std::string context = described(node, graph.opset);
    if (auto ok = check_form(node, *expander); !ok) return failed(ok, context);
    Expansion expansion(graph, names, std::move(node), &sizes);
    auto made = expander->expand(expansion);
    if (!made) return failed(made, context);
    for (auto& one : *made) {
      sizes.learn(graph, one);
      nodes.push_back(std::move(one));
    }
  }
  graph.nodes = std::move(nodes);
  return graph;
}

/// Whether two choices differ in all that is open, so that what they agree on does not come from them.
bool differ(const InputShapes& first, const InputShapes& second, const InputShapes& told) {
  return std::all_of(told.begin(), told.end(), [&](const auto& input) {
    const auto& [name, shape] = input;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      if (shape[axis] == -1 && first.at(name)[axis] == second.at(name)[axis]) return false;
    }
    return true;
  });
}

/// One of `others` that differs from `first`; where none does, sizes that none has.
InputShapes unlike(const InputShapes& first, const std::vector<InputShapes>& others, const InputShapes& told) {
  const auto found =
      std::find_if(others.begin(), others.end(), [&](const auto& second) { return differ(first, second, told); });
  if (found != others.end()) return *found;
  InputShapes shapes = told;
  for (auto& [name, shape] : shapes) {
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      if (shape[axis] == -1) shape[axis] = first.at(name)[axis] + 1;
    }
  }
  return shapes;
}

}  // namespace

std::string foreign(std::string_view op) { return std::string(kForeignDomain) + "." + std::string(op); }

bool is_known_foreign(std::string_view op) { return all_expanders().contains(foreign(op)); }

Result<Graph> expand_operators(Graph graph) {
  const auto any = std::any_of(graph.nodes.begin(), graph.nodes.end(),
                               [](const Node& node) { return expander_of(node) != nullptr; });
  if (!any) return graph;
  const auto told = told_sizes(graph);
  const auto others = tried_shapes(graph, 3);
  Result<Graph> made = graph;
  // Sizes that do not fit the network leave those behind open, which some operators cannot be written with.
  for (const auto& first : tried_shapes(graph, 2)) {
    made = expanded(graph, first, unlike(first, others, told));
    if (made) break;
  }
  return made;
}

}  // namespace quantrail
