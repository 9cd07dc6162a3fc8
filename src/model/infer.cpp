#include "model/infer.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "model/folding.h"
#include "model/interpret.h"
#include "model/shape_math.h"
#include "model/shape_rules.h"

namespace quantrail {
namespace {

class Specialiser {
 public:
  explicit Specialiser(const Graph& graph) : source_(graph), folding_(graph) {
    out_.graph = {.name = graph.name,
                  .opset = graph.opset,
                  .inputs = graph.inputs,
                  .outputs = graph.outputs,
                  .constants = graph.constants};
    for (const auto& [name, value] : graph.constants) out_.types[name] = {value->type, value->shape};
  }

  Status take_inputs(const InputShapes& shapes) {
    for (auto& input : out_.graph.inputs) {
      const auto given = shapes.find(input.name);
      const std::string name = printable(input.name);
      if (given == shapes.end()) return fail(Cause::InvalidInput, "input '{}': no shape is given", name);
      bool fits = given->second.size() == input.shape.size();
      for (std::size_t axis = 0; fits && axis < input.shape.size(); ++axis) {
        fits = input.shape[axis] == -1 || input.shape[axis] == given->second[axis];
      }
      if (!fits) {
        return fail(Cause::InvalidInput, "input '{}': shape {} does not fit the declared {}", name,
                    shape_text(given->second), shape_text(input.shape));
      }
      if (!checked_count(given->second))
        return fail(Cause::InvalidInput, "input '{}': shape {} is too large", name, shape_text(given->second));
      input.shape = given->second;
      out_.types[input.name] = {input.type, input.shape};
    }
    return {};
  }

  Status take(const Node& node) {
    std::vector<const TensorType*> types;
    std::vector<const Tensor*> constants;
    for (const auto& input : node.inputs) {
      const auto type = out_.types.find(input);
      const auto constant = out_.graph.constants.find(input);
      types.push_back(type == out_.types.end() ? nullptr : &type->second);
      constants.push_back(constant == out_.graph.constants.end() ? nullptr : constant->second.get());
    }
    const NodeView view(node, source_.opset, types, constants);
    if (reads_late(node)) return take_late(node);
    for (std::size_t input = 0; input < types.size(); ++input) {
      if (types[input] == nullptr && !node.inputs[input].empty()) {
        return fail(Cause::InvalidInput, "{}: reads '{}', which nothing computes", described(node, source_.opset),
                    printable(node.inputs[input]));
      }
    }
    if (!has_shape_rule(node.op)) return unsupported(node);
    auto outputs = output_types(view);
    if (!outputs && view.waits_for_data()) return take_late(node);
    if (!outputs) return failed(outputs);
    auto values = folding_.folded(view, constants, *outputs);
    if (!values) return failed(values);
    for (std::size_t at = 0; at < node.outputs.size(); ++at) {
      if (node.outputs[at].empty()) continue;
      out_.types[node.outputs[at]] = (*outputs)[at];
      if (!values->empty()) out_.graph.constants[node.outputs[at]] = (*values)[at];
    }
    if (values->empty()) out_.graph.nodes.push_back(node);
    return {};
  }

  Specialised result() && {
    separate_late();
    remove_unused(out_.graph);
    std::set<std::string, std::less<>> alive;
    for (const auto& input : out_.graph.inputs) alive.insert(input.name);
    for (const auto& [name, value] : out_.graph.constants) alive.insert(name);
    for (const auto& node : out_.graph.nodes) alive.insert(node.outputs.begin(), node.outputs.end());
    std::erase_if(out_.types, [&](const auto& entry) { return !alive.contains(entry.first); });
    for (auto& output : out_.graph.outputs) {
      output.type = out_.types[output.name].type;
      output.shape = out_.types[output.name].shape;
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] bool is_late(const std::string& value) const { return late_.contains(value); }
  [[nodiscard]] bool reads_late(const Node& node) const {
    return std::any_of(node.inputs.begin(), node.inputs.end(), [this](const auto& value) { return is_late(value); });
  }

  [[nodiscard]] tl::unexpected<Error> unsupported(const Node& node) const {
    const auto opset = source_.upgraded_from.value_or(source_.opset);
    return fail(Cause::Unsupported, "{}: this operator is not supported", described(node, opset));
  }

  Status take_late(const Node& node) {
    if (!interpretable(node.op)) return unsupported(node);
    if (auto ok = check_arity(node, source_.opset); !ok) return ok;
    for (const auto& value : node.outputs) {
      if (!value.empty()) late_.insert(value);
    }
    out_.late.nodes.push_back(node);
    return {};
  }

  /// Leaves in the graph what is known before the data, with what the rest reads as further outputs.
  void separate_late() {
    out_.own_outputs = out_.graph.outputs.size();
    if (out_.late.nodes.empty()) return;
    Graph rest{.opset = source_.opset, .outputs = source_.outputs, .nodes = std::move(out_.late.nodes)};
    remove_unused(rest);
    out_.late.nodes = std::move(rest.nodes);
    std::erase_if(out_.graph.outputs, [this](const auto& output) { return is_late(output.name); });
    out_.own_outputs = out_.graph.outputs.size();
    for (const auto& output : source_.outputs) {
      if (is_late(output.name)) out_.late.outputs.push_back(output.name);
    }
    std::set<std::string, std::less<>> seen{""};
    for (const auto& node : out_.late.nodes) {
      for (const auto& value : node.inputs) {
        if (!is_late(value) && seen.insert(value).second) hand_over(value);
      }
    }
  }

  void hand_over(const std::string& value) {
    const auto constant = out_.graph.constants.find(value);
    if (constant != out_.graph.constants.end()) {
      out_.late.constants.insert(*constant);
      return;
    }
    out_.late.reads.push_back(value);
    const auto& outputs = out_.graph.outputs;
    const bool known =
        std::any_of(outputs.begin(), outputs.end(), [&](const auto& output) { return output.name == value; });
    if (!known) out_.graph.outputs.push_back({.name = value});
  }

  const Graph& source_;
  Folding folding_;
  std::set<std::string, std::less<>> late_{};  ///< values
  Specialised out_{};
};

bool open_batch(const ValueInfo& input) { return !input.shape.empty() && input.shape[0] == -1; }

}  // namespace

Result<Specialised> specialised(const Graph& graph, const InputShapes& input_shapes) {
  Specialiser specialiser(graph);
  if (auto ok = specialiser.take_inputs(input_shapes); !ok) return failed(ok);
  for (const auto& node : graph.nodes) {
    if (auto ok = specialiser.take(node); !ok) return failed(ok);
  }
  return std::move(specialiser).result();
}

bool takes_whole_samples(std::span<const ValueInfo> inputs) {
  if (inputs.empty()) return false;
  std::set<std::int64_t> first_axes;
  for (const auto& input : inputs) {
    if (input.shape.empty()) return true;
    first_axes.insert(input.shape[0]);
  }
  return first_axes.size() > 2 || (first_axes.size() == 2 && !first_axes.contains(-1)) ||
         (first_axes.size() == 2 && *first_axes.rbegin() > 1);
}

Result<InputShapes> input_shapes(const Graph& graph, std::int64_t batch) {
  const bool whole = takes_whole_samples(graph.inputs);
  InputShapes shapes;
  for (const auto& input : graph.inputs) {
    Shape shape = input.shape;
    const std::string name = printable(input.name);
    if (open_batch(input)) shape[0] = batch;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      if (shape[axis] == -1) {
        return fail(Cause::InvalidInput, "input '{}': the size of axis {} is not known (declared {})", name, axis,
                    shape_text(input.shape));
      }
    }
    if (whole && batch != 1) {
      return fail(Cause::InvalidInput, "the inputs have no batch in common: the model takes one sample, not {}", batch);
    }
    if (!whole && shape[0] != batch) {
      return fail(Cause::InvalidInput, "input '{}': the model has a fixed batch of {}, not {}", name, shape[0], batch);
    }
    shapes[input.name] = std::move(shape);
  }
  return shapes;
}

std::optional<std::int64_t> fixed_batch(const Graph& graph) {
  if (takes_whole_samples(graph.inputs)) return 1;
  for (const auto& input : graph.inputs) {
    if (!input.shape.empty() && !open_batch(input)) return input.shape[0];
  }
  return std::nullopt;
}

}  // namespace quantrail
