#include "runtime/plan_oracle.h"

#include "model/codes.h"
#include "model/infer.h"
#include "model/interpret.h"
#include "model/lowering.h"

namespace quantrail::testing {
namespace {

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
    const bool weighted = node.op == "Conv" || node.op == "Gemm" || node.op == "MatMul";
    if (weighted && lowering_.integer) quantize_weights(node, inputs);
    std::vector<const Tensor*> operands;
    for (std::size_t at = 0; at < inputs.size(); ++at)
      operands.push_back(at < node.inputs.size() && node.inputs[at].empty() ? nullptr : &inputs[at]);
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
