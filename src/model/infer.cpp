#include "model/infer.h"

#include <set>

#include "base/text.h"
#include "model/folding.h"
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

  Status take_inputs(const std::map<std::string, Shape>& shapes) {
    for (auto& input : out_.graph.inputs) {
      const auto given = shapes.find(input.name);
      const std::string name = printable(input.name);
      if (given == shapes.end()) return fail(Cause::InvalidInput, "input '{}': no shape is given", name);
      bool fits = given->second.size() == input.shape.size() && checked_count(given->second);
      for (std::size_t axis = 0; fits && axis < input.shape.size(); ++axis) {
        fits = input.shape[axis] == -1 || input.shape[axis] == given->second[axis];
      }
      if (!fits) {
        return fail(Cause::InvalidInput, "input '{}': shape {} does not fit the declared {}", name,
                    shape_text(given->second), shape_text(input.shape));
      }
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
    auto outputs = output_types(view);
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
  const Graph& source_;
  Folding folding_;
  Specialised out_{};
};

bool open_batch(const ValueInfo& input) { return !input.shape.empty() && input.shape[0] == -1; }

}  // namespace

Result<Specialised> specialised(const Graph& graph, const std::map<std::string, Shape>& input_shapes) {
  Specialiser specialiser(graph);
  if (auto ok = specialiser.take_inputs(input_shapes); !ok) return failed(ok);
  for (const auto& node : graph.nodes) {
    if (auto ok = specialiser.take(node); !ok) return failed(ok);
  }
  return std::move(specialiser).result();
}

Result<std::map<std::string, Shape>> input_shapes(const Graph& graph, std::int64_t batch) {
  std::map<std::string, Shape> shapes;
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
    if (!shape.empty() && shape[0] != batch) {
      return fail(Cause::InvalidInput, "input '{}': the model has a fixed batch of {}, not {}", name, shape[0], batch);
    }
    shapes[input.name] = std::move(shape);
  }
  return shapes;
}

std::optional<std::int64_t> fixed_batch(const Graph& graph) {
  for (const auto& input : graph.inputs) {
    if (!input.shape.empty() && !open_batch(input)) return input.shape[0];
  }
  return std::nullopt;
}

}  // namespace quantrail
