#include "export/qdq.h"

#include <cassert>
#include <set>

#include "export/fresh_names.h"
#include "export/product_sums.h"
#include "export/superfluous_activation.h"
#include "model/codes.h"

namespace quantrail {
namespace {

template <class T>
TensorPtr scalar(T value) {
  return std::make_shared<const Tensor>(Tensor::of<T>({}, std::span<const T>(&value, 1)));
}

template <class T>
TensorPtr tensor(Shape shape, const std::vector<T>& values) {
  return std::make_shared<const Tensor>(Tensor::of<T>(std::move(shape), std::span<const T>(values)));
}

bool has_weights(const Node& node) {
  return node.op == "Conv" || node.op == "ConvTranspose" || node.op == "Gemm" || node.op == "MatMul";
}

/// The channels of a weighted operator's input: how many, and on which axis of the input.
struct InputChannels {
  std::int64_t count = 1;
  std::int64_t axis = 1;
};

InputChannels input_channels(const Node& node, const Tensor& weights) {
  const Shape& shape = weights.shape;
  if (node.op == "Conv") return {shape[1] * int_attribute(node, "group", 1), 1};
  if (node.op == "ConvTranspose") return {shape[0], 1};
  if (node.op == "MatMul") return {shape.size() < 2 ? shape[0] : shape[shape.size() - 2], -1};
  const bool transposed = int_attribute(node, "transA", 0) != 0;
  return {int_attribute(node, "transB", 0) != 0 ? shape[1] : shape[0], transposed ? 0 : 1};
}

class Writer {
 public:
  Writer(const Graph& graph, const Quantization& q, const Lowering& lowering)
      : graph_(graph),
        index_(graph),
        q_(q),
        lowering_(lowering),
        names_(graph),
        sums_(product_sums(graph, index_, q, lowering)) {}

  Graph written() {
    out_ = {graph_.name, graph_.opset, graph_.inputs, graph_.outputs, graph_.constants, {}};
    for (const auto& input : graph_.inputs) quantize(input.name);
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) {
      if (dropped_.count(at) == 0) write(at);
    }
    return std::move(out_);
  }

 private:
  /// What a value is called in its quantized forms.
  struct Forms {
    std::string scale{};
    std::string zero_point{};
    std::string codes{};
    std::string real{};
  };

  void add(std::string op, const std::string& name, std::vector<std::string> inputs, const std::string& output,
           std::map<std::string, Attribute> attributes = {}) {
    out_.nodes.push_back({names_.like(name), std::move(op), std::move(inputs), {output}, std::move(attributes), {}});
  }

  std::string constant(const std::string& name, TensorPtr value) {
    const std::string fresh = names_.like(name);
    out_.constants[fresh] = std::move(value);
    return fresh;
  }

  /// The pair behind `value`, where it exists as codes.
  void quantize(const std::string& value) {
    if (lowering_.codes.find(value) == lowering_.codes.end()) return;
    const ActivationParams params = q_.activations.find(value)->second;
    Forms forms;
    forms.scale = constant(value + "_scale", scalar(params.scale));
    forms.zero_point = constant(value + "_zero_point", scalar(params.zero_point));
    forms.codes = names_.like(value + "_quantized");
    forms.real = names_.like(value + "_dequantized");
    add("QuantizeLinear", value + "_QuantizeLinear", {value, forms.scale, forms.zero_point}, forms.codes);
    if (has_plain_reader(value)) {
      add("DequantizeLinear", value + "_DequantizeLinear", {forms.codes, forms.scale, forms.zero_point}, forms.real);
    }
    forms_[value] = std::move(forms);
  }

  [[nodiscard]] bool has_plain_reader(const std::string& value) const {
    for (const std::size_t at : index_.readers(value)) {
      const auto& inputs = graph_.nodes[at].inputs;
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (inputs[i] == value && lowering_.nodes[at].reads[i] != Read::Float && !guarded(at, i)) return true;
      }
    }
    return false;
  }

  /// Whether node `at` must read input `i` through a DequantizeLinear of its own to stay float.
  [[nodiscard]] bool guarded(std::size_t at, std::size_t i) const {
    const Node& node = graph_.nodes[at];
    return i == 0 && has_weights(node) && lowering_.nodes[at].reads[0] == Read::Dequantized &&
           constant_input(graph_, node, 1) != nullptr;
  }

  void write(std::size_t at) {
    Node node = graph_.nodes[at];
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (lowering_.nodes[at].reads[i] == Read::Float) continue;
      node.inputs[i] = guarded(at, i) ? guarded_input(graph_.nodes[at]) : forms_.at(graph_.nodes[at].inputs[i]).real;
    }
    if (lowering_.nodes[at].integer) quantize_parameters(graph_.nodes[at], node);
    if (sums_.count(at) != 0) node.op = "Sum";
    if (const auto activation = superfluous_activation(at)) {
      node.outputs[0] = graph_.nodes[*activation].outputs[0];
      dropped_.insert(*activation);
    }
    const auto results = node.outputs;
    out_.nodes.push_back(std::move(node));
    for (const auto& value : results) quantize(value);
  }

  std::string guarded_input(const Node& node) {
    const Forms& forms = forms_.at(node.inputs[0]);
    const ActivationParams params = q_.activations.find(node.inputs[0])->second;
    const InputChannels channels = input_channels(node, *constant_input(graph_, node, 1));
    const auto count = static_cast<std::size_t>(channels.count);
    const auto scale = constant(node.name + "_input_scale", tensor({channels.count}, std::vector(count, params.scale)));
    const auto zero_point =
        constant(node.name + "_input_zero_point", tensor({channels.count}, std::vector(count, params.zero_point)));
    const auto real = names_.like(node.name + "_input");
    add("DequantizeLinear", node.name + "_input_DequantizeLinear", {forms.codes, scale, zero_point}, real,
        {{"axis", channels.axis}});
    return real;
  }

  /// Replaces the weights and bias of an integer layer by int8 and int32 constants behind DequantizeLinear.
  void quantize_parameters(const Node& source, Node& node) {
    const auto layer = q_.layers.find(source.name);
    if (layer == q_.layers.end() || !layer->second.weights) return;
    const WeightParams& params = *layer->second.weights;
    const Tensor& weights = *constant_input(graph_, source, 1);
    node.inputs[1] = dequantized(source.name + "_weight", tensor(weights.shape, int8_weights(weights, params)),
                                 params.scale, std::int8_t{0}, params.axis);
    const auto bias = integer_bias(graph_, source, q_);
    if (bias.empty()) return;
    const auto scales = accumulator_scales(q_.activations.find(source.inputs[0])->second.scale, params);
    const auto channels = static_cast<std::int64_t>(bias.size());
    node.inputs.resize(3);
    node.inputs[2] =
        dequantized(source.name + "_bias", tensor({channels}, int32_bias(bias, scales)), scales, std::int32_t{0}, 0);
  }

  template <class T>
  std::string dequantized(const std::string& name, TensorPtr codes, const std::vector<float>& scale, T zero,
                          std::int64_t axis) {
    const auto count = static_cast<std::int64_t>(scale.size());
    const bool per_channel = count > 1 || codes->shape[static_cast<std::size_t>(axis)] == 1;
    const std::string stored = constant(name + "_quantized", std::move(codes));
    const std::string scales = constant(name + "_scale", per_channel ? tensor({count}, scale) : scalar(scale[0]));
    const std::string zeros = constant(
        name + "_zero_point", per_channel ? tensor({count}, std::vector<T>(scale.size(), zero)) : scalar(zero));
    const std::string real = names_.like(name + "_dequantized");
    std::map<std::string, Attribute> attributes;
    if (per_channel) attributes["axis"] = axis;
    add("DequantizeLinear", name + "_DequantizeLinear", {stored, scales, zeros}, real, std::move(attributes));
    return real;
  }

  [[nodiscard]] std::optional<std::size_t> superfluous_activation(std::size_t at) const {
    return quantrail::superfluous_activation(graph_, index_, q_, lowering_, at);
  }

  const Graph& graph_;
  GraphIndex index_;
  const Quantization& q_;
  const Lowering& lowering_;
  FreshNames names_;
  std::set<std::size_t> sums_;
  Graph out_{};
  std::map<std::string, Forms> forms_{};
  std::set<std::size_t> dropped_{};
};

}  // namespace

Graph with_qdq(const Graph& graph, const Quantization& quantization, const Lowering& lowering) {
  return Writer(graph, quantization, lowering).written();
}

}  // namespace quantrail
