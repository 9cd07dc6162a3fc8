#include "model/weight_edits.h"

#include <algorithm>
#include <cassert>

#include "model/codes.h"
#include "model/product_bias.h"

namespace quantrail {
namespace {

float factor_at(const std::vector<float>& factors, std::size_t at) {
  return factors.empty() ? 1.0F : factors[at % factors.size()];
}

TensorPtr made(const Shape& shape, const std::vector<float>& values) {
  return std::make_shared<const Tensor>(Tensor::of<float>(shape, std::span<const float>(values)));
}

std::vector<float> edited_conv(const Node& node, const Tensor& weights, const WeightEdit& edit) {
  const auto source = weights.values<float>();
  std::vector<float> values(source.begin(), source.end());
  const auto outputs = static_cast<std::size_t>(weights.shape[0]);
  const auto per_group = static_cast<std::size_t>(weights.shape[1]);
  const std::size_t group_size = outputs / static_cast<std::size_t>(int_attribute(node, "group", 1));
  const std::size_t kernel = values.size() / std::max<std::size_t>(outputs * per_group, 1);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t output = i / (kernel * per_group);
    const std::size_t input = output / group_size * per_group + i / kernel % per_group;
    values[i] = values[i] * factor_at(edit.output_factors, output) * factor_at(edit.input_factors, input);
  }
  return values;
}

std::vector<float> edited_matrix(const Node& node, const Tensor& weights, const WeightEdit& edit) {
  const auto source = weights.values<float>();
  std::vector<float> values(source.begin(), source.end());
  const auto columns = static_cast<std::size_t>(weights.shape[1]);
  const bool transposed = node.op == "Gemm" && int_attribute(node, "transB", 0) != 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t row = i / columns;
    const std::size_t column = i % columns;
    values[i] = values[i] * factor_at(edit.output_factors, transposed ? row : column) *
                factor_at(edit.input_factors, transposed ? column : row);
  }
  return values;
}

/// A constant along whose last axis the factors run; one value stands for all positions.
TensorPtr scaled_last_axis(const Tensor& constant, const std::vector<float>& factors) {
  const auto source = constant.values<float>();
  Shape shape = constant.shape;
  if (shape.empty()) shape = {1};
  const bool spread = shape.back() == 1 && factors.size() > 1;
  if (spread) shape.back() = static_cast<std::int64_t>(factors.size());
  std::vector<float> values(spread ? source.size() * factors.size() : source.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = source[spread ? i / factors.size() : i] * factor_at(factors, i);
  }
  return made(shape, values);
}

class Editor {
 public:
  explicit Editor(const Graph& graph) : graph_(graph) {}

  Graph result(const Quantization& q) {
    for (const auto& scaling : q.input_scalings) insert(scaling);
    const GraphIndex index(graph_);
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) {
      Node& node = graph_.nodes[at];
      if (const auto edit = q.weight_edits.find(node.name); edit != q.weight_edits.end()) apply(node, edit->second);
      const auto bias = q.bias_edits.find(node.name);
      if (bias == q.bias_edits.end() || !q.ignored.contains(node.name)) continue;
      if (node.op == "MatMul") {
        shift_addend(graph_, index, at, bias->second);
      } else {
        set_bias(node, bias->second);
      }
    }
    return std::move(graph_);
  }

 private:
  void replace(Node& node, std::size_t input, const char* role, TensorPtr value) {
    const std::string name = node.name + role;
    graph_.constants[name] = std::move(value);
    if (node.inputs.size() <= input) node.inputs.resize(input + 1);
    node.inputs[input] = name;
  }

  void apply(Node& node, const WeightEdit& edit) {
    if (node.op == "LayerNormalization") {
      for (const std::size_t input : {std::size_t{1}, std::size_t{2}}) scale_constant(node, input, edit.output_factors);
      return;
    }
    if (node.op == "Mul" || node.op == "Add") {
      scale_constant(node, constant_input(graph_, node, 0) != nullptr ? 0 : 1, edit.output_factors);
      return;
    }
    const TensorPtr weights = constant_input(graph_, node, 1);
    assert(weights != nullptr && "only layers with constant weights are edited");
    auto bias = own_bias(graph_, node);
    const bool conv = node.op == "Conv";
    replace(node, 1, "_edited_weights",
            made(weights->shape, conv ? edited_conv(node, *weights, edit) : edited_matrix(node, *weights, edit)));
    if (bias.empty()) bias.resize(edit.bias_shift.size(), 0.0F);
    for (std::size_t c = 0; c < bias.size(); ++c) {
      bias[c] = bias[c] * factor_at(edit.output_factors, c) + (edit.bias_shift.empty() ? 0.0F : edit.bias_shift[c]);
    }
    if (!bias.empty()) set_bias(node, bias);
  }

  void set_bias(Node& node, const std::vector<float>& bias) {
    replace(node, 2, "_edited_bias", made({static_cast<std::int64_t>(bias.size())}, bias));
  }

  void scale_constant(Node& node, std::size_t input, const std::vector<float>& factors) {
    const TensorPtr constant = constant_input(graph_, node, input);
    if (constant != nullptr)
      replace(node, input, input == 2 ? "_edited_shift" : "_edited_factor", scaled_last_axis(*constant, factors));
  }

  void insert(const InputScaling& scaling) {
    const std::string factors = scaling.scaled + "_factors";
    Shape shape(scaling.axes_behind + 1, 1);
    shape[0] = static_cast<std::int64_t>(scaling.factors.size());
    graph_.constants[factors] = made(shape, scaling.factors);
    const auto reads = [&](const Node& node) {
      return std::find(scaling.readers.begin(), scaling.readers.end(), node.name) != scaling.readers.end();
    };
    for (Node& node : graph_.nodes) {
      if (reads(node)) node.inputs[0] = scaling.scaled;
    }
    const auto first = std::find_if(graph_.nodes.begin(), graph_.nodes.end(), reads);
    graph_.nodes.insert(first, Node{scaling.scaled, "Mul", {scaling.value, factors}, {scaling.scaled}, {}, {}});
  }

  Graph graph_;
};

}  // namespace

bool has_edits(const Quantization& q) {
  const auto always = [&](const auto& bias) { return q.ignored.contains(bias.first); };
  return !q.weight_edits.empty() || !q.input_scalings.empty() ||
         std::any_of(q.bias_edits.begin(), q.bias_edits.end(), always);
}

Graph edited(const Graph& graph, const Quantization& quantization) {
  return has_edits(quantization) ? Editor(graph).result(quantization) : graph;
}

}  // namespace quantrail
