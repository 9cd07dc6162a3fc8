#include "runtime/plan_oracle.h"

#include <cmath>
#include <limits>
#include <stdexcept>

#include "model/codes.h"
#include "model/infer.h"
#include "model/interpret.h"
#include "model/lowering.h"
#include "model/window.h"
#include "runtime/kernels_random.h"

namespace quantrail::testing {
namespace {

using kernels::for_each_index;
using kernels::offset;

Tensor like(const Shape& shape) { return Tensor::zeros(ElementType::Float32, shape); }

class Oracle {
 public:
  Oracle(const Graph& graph, const PlanOptions& options, const Values& inputs)
      : q_(options.quantization), values_(inputs) {
    std::map<std::string, Shape> shapes;
    for (const auto& [name, tensor] : inputs) shapes[name] = tensor.shape;
    model_ = specialised(graph, shapes).value();
    const auto lowering = lowered(graph, options.quantization, options.reverted, options.revert_mode);
    const GraphIndex index(graph);
    for (const auto& node : model_.graph.nodes) {
      lowering_ = lowering.nodes[index.node(node.name).value()];
      compute(node);
    }
  }
  Values values() { return std::move(values_); }

 private:
  void compute(const Node& node) {
    std::vector<Tensor> inputs;
    for (std::size_t at = 0; at < node.inputs.size(); ++at) inputs.push_back(operand(node, at));
    values_[node.outputs[0]] = result(node, inputs);
  }

  Tensor operand(const Node& node, std::size_t at) {
    const auto& name = node.inputs[at];
    if (name.empty()) return {};
    const auto constant = model_.graph.constants.find(name);
    Tensor tensor = constant != model_.graph.constants.end() ? *constant->second : values_.at(name);
    if (lowering_.reads[at] == Read::Float) return tensor;
    const auto& params = q_->activations.at(name);
    for (float& value : tensor.values<float>()) value = activation_real(activation_code(value, params), params);
    return tensor;
  }

  Tensor result(const Node& node, std::vector<Tensor>& inputs) {
    if (node.op == "Conv" || node.op == "Gemm" || node.op == "MatMul") {
      if (lowering_.integer) quantize_weights(node, inputs);
      if (node.op == "Conv") return convolution(node, inputs);
      return product(node, inputs);
    }
    if (node.op == "MaxPool" || node.op == "AveragePool") return pooling(node, inputs[0]);
    if (node.op == "GlobalAveragePool") return means(node, inputs[0]);
    std::vector<const Tensor*> operands;
    for (std::size_t at = 0; at < inputs.size(); ++at)
      operands.push_back(node.inputs[at].empty() ? nullptr : &inputs[at]);
    return interpreted(node, model_.graph.opset, operands).value()[0];
  }

  void quantize_weights(const Node& node, std::vector<Tensor>& inputs) {
    const WeightParams& params = *q_->layers.at(node.name).weights;
    const auto codes = int8_weights(inputs[1], params);
    std::size_t inner = 1;
    for (auto axis = static_cast<std::size_t>(params.axis) + 1; axis < inputs[1].shape.size(); ++axis) {
      inner *= static_cast<std::size_t>(inputs[1].shape[axis]);
    }
    const auto channels = static_cast<std::size_t>(inputs[1].shape[static_cast<std::size_t>(params.axis)]);
    const auto reals = inputs[1].values<float>();
    for (std::size_t at = 0; at < reals.size(); ++at) {
      const float scale = params.scale.size() == 1 ? params.scale[0] : params.scale[at / inner % channels];
      reals[at] = scale * static_cast<float>(codes[at]);
    }
    const auto bias = integer_bias(model_.graph, node, *q_);
    if (bias.empty()) return;
    auto scales = accumulator_scales(q_->activations.at(node.inputs[0]).scale, params);
    if (scales.size() == 1) scales.assign(bias.size(), scales[0]);
    const auto steps = int32_bias(bias, scales);
    inputs.resize(3);
    inputs[2] = like({static_cast<std::int64_t>(bias.size())});
    for (std::size_t c = 0; c < bias.size(); ++c)
      inputs[2].values<float>()[c] = scales[c] * static_cast<float>(steps[c]);
  }

  /// Position in the source that window position `k` of result position `out` covers, or nothing beside the source.
  static bool covered(const Window& window, const Shape& source, const Shape& out, const Shape& k, Shape& in) {
    for (std::size_t axis = 0; axis + 2 < source.size(); ++axis) {
      in[axis + 2] = out[axis + 2] * window.strides[axis] - window.pads_begin[axis] + k[axis] * window.dilations[axis];
      if (in[axis + 2] < 0 || in[axis + 2] >= source[axis + 2]) return false;
    }
    return true;
  }

  Tensor convolution(const Node& node, const std::vector<Tensor>& inputs) {
    const Tensor& x = inputs[0];
    const Tensor& w = inputs[1];
    const Shape kernel(w.shape.begin() + 2, w.shape.end());
    const Window window = window_of(node, {x.shape.begin() + 2, x.shape.end()}, kernel).value();
    Tensor y = like(model_.types.at(node.outputs[0]).shape);
    const std::int64_t per_group = y.shape[1] / int_attribute(node, "group", 1);
    for_each_index(y.shape, [&](const Shape& out) {
      double sum =
          inputs.size() > 2 ? static_cast<double>(inputs[2].values<float>()[static_cast<std::size_t>(out[1])]) : 0.0;
      Shape in = out;
      Shape at(w.shape);
      at[0] = out[1];
      for (std::int64_t c = 0; c < w.shape[1]; ++c) {
        in[1] = out[1] / per_group * w.shape[1] + c;
        at[1] = c;
        for_each_index(kernel, [&](const Shape& k) {
          std::copy(k.begin(), k.end(), at.begin() + 2);
          if (!covered(window, x.shape, out, k, in)) return;
          sum += static_cast<double>(x.values<float>()[offset(x.shape, in)]) *
                 static_cast<double>(w.values<float>()[offset(w.shape, at)]);
        });
      }
      y.values<float>()[offset(y.shape, out)] = static_cast<float>(sum);
    });
    return y;
  }

  Tensor product(const Node& node, const std::vector<Tensor>& inputs) {
    const bool by_columns = int_attribute(node, "transB", 0) != 0;
    const double alpha = static_cast<double>(float_attribute(node, "alpha", 1.0F));
    const double beta = static_cast<double>(float_attribute(node, "beta", 1.0F));
    Tensor y = like(model_.types.at(node.outputs[0]).shape);
    const auto columns = static_cast<std::size_t>(y.shape.back());
    const auto depth = static_cast<std::size_t>(inputs[0].shape.back());
    const std::size_t rows_of_matrix = static_cast<std::size_t>(inputs[0].shape[inputs[0].shape.size() - 2]);
    const bool one_rhs = inputs[1].shape.size() == 2;
    for (std::size_t at = 0; at < y.values<float>().size(); ++at) {
      const std::size_t row = at / columns;
      const std::size_t column = at % columns;
      const std::size_t matrix = one_rhs ? 0 : row / rows_of_matrix * depth * columns;
      double sum = 0;
      for (std::size_t k = 0; k < depth; ++k) {
        const float rhs = inputs[1].values<float>()[matrix + (by_columns ? column * depth + k : k * columns + column)];
        sum += static_cast<double>(inputs[0].values<float>()[row * depth + k]) * static_cast<double>(rhs);
      }
      const float bias =
          inputs.size() > 2 ? inputs[2].values<float>()[inputs[2].values<float>().size() == 1 ? 0 : column] : 0.0F;
      y.values<float>()[at] = static_cast<float>(alpha * sum + beta * static_cast<double>(bias));
    }
    return y;
  }

  Tensor pooling(const Node& node, const Tensor& x) {
    const Window window = window_of(node, {x.shape.begin() + 2, x.shape.end()}, {}).value();
    Tensor y = like(model_.types.at(node.outputs[0]).shape);
    for_each_index(y.shape, [&](const Shape& out) {
      double largest = -std::numeric_limits<double>::infinity();
      double sum = 0;
      double count = 0;
      Shape in = out;
      for_each_index(window.kernel, [&](const Shape& k) {
        if (!covered(window, x.shape, out, k, in)) return;
        const double value = static_cast<double>(x.values<float>()[offset(x.shape, in)]);
        largest = std::max(largest, value);
        sum += value;
        count += 1;
      });
      y.values<float>()[offset(y.shape, out)] = static_cast<float>(node.op == "MaxPool" ? largest : sum / count);
    });
    return y;
  }

  Tensor means(const Node& node, const Tensor& x) {
    Tensor y = like(model_.types.at(node.outputs[0]).shape);
    const std::size_t positions = x.values<float>().size() / y.values<float>().size();
    for (std::size_t at = 0; at < y.values<float>().size(); ++at) {
      double sum = 0;
      for (std::size_t i = 0; i < positions; ++i) sum += static_cast<double>(x.values<float>()[at * positions + i]);
      y.values<float>()[at] = static_cast<float>(sum / static_cast<double>(positions));
    }
    return y;
  }

  const Quantization* q_;
  Specialised model_{};
  NodeLowering lowering_{};
  Values values_;
};

}  // namespace

Values expected_values(const Graph& graph, const PlanOptions& options, const Values& inputs) {
  return Oracle(graph, options, inputs).values();
}

}  // namespace quantrail::testing
