#include "export/qdq.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>
#include <set>

#include "export/product_sums.h"
#include "export/qdq_nodes.h"
#include "export/superfluous_activation.h"
#include "model/codes.h"

namespace quantrail {
namespace {

bool has_weights(const Node& node) {
  return node.op == "Conv" || node.op == "ConvTranspose" || node.op == "Gemm" || node.op == "MatMul";
}

/// Through these ONNX Runtime moves a DequantizeLinear with a scalar scale down to their readers.
bool moved_by_onnxruntime(const Node& node) {
  constexpr std::array<std::string_view, 9> kOps{"MaxPool",   "Reshape", "Flatten",  "Transpose", "Squeeze",
                                                 "Unsqueeze", "Slice",   "Identity", "Dropout"};
  return std::find(kOps.begin(), kOps.end(), node.op) != kOps.end();
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
        out_(graph),
        sums_(product_sums(graph, index_, lowering)) {}

  Graph written() {
    for (const auto& input : graph_.inputs) quantize(input.name);
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) {
      if (dropped_.count(at) == 0) write(at);
    }
    return out_.written();
  }

 private:
  /// What a value is called in its quantized forms.
  struct Forms {
    std::string scale{};
    std::string zero_point{};
    std::string codes{};
    std::string real{};
  };

  /// The pair behind `value`, where it exists as codes.
  void quantize(const std::string& value) {
    if (lowering_.codes.find(value) == lowering_.codes.end()) return;
    const ActivationParams params = q_.activations.find(value)->second;
    Forms forms;
    forms.scale = out_.constant(value + "_scale", scalar_tensor(params.scale));
    forms.zero_point = out_.constant(value + "_zero_point", scalar_tensor(params.zero_point));
    forms.codes = out_.fresh(value + "_quantized");
    forms.real = out_.fresh(value + "_dequantized");
    const auto real = quantized_before_a_pool(value) ? at_least_lowest(value, value) : value;
    out_.add("QuantizeLinear", value + "_QuantizeLinear", {real, forms.scale, forms.zero_point}, forms.codes);
    if (has_plain_reader(value)) {
      out_.add("DequantizeLinear", value + "_DequantizeLinear", {forms.codes, forms.scale, forms.zero_point},
               forms.real);
    }
    forms_[value] = std::move(forms);
  }

  /// Whether ONNX Runtime would quantize what is pooled to `value` instead, whose ties change the positions of maxima.
  [[nodiscard]] bool quantized_before_a_pool(const std::string& value) const {
    const auto at = index_.producer(value);
    if (!at || graph_.nodes[*at].op != "MaxPool" || lowering_.nodes[*at].reads[0] != Read::Float) return false;
    const auto& results = graph_.nodes[*at].outputs;
    return results.size() > 1 && (!index_.readers(results[1]).empty() || index_.is_output(results[1]));
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

  /// Whether node `at` must read input `i` in a way of its own to stay float.
  [[nodiscard]] bool guarded(std::size_t at, std::size_t i) const {
    if (i != 0 || lowering_.nodes[at].reads[0] != Read::Dequantized) return false;
    const Node& node = graph_.nodes[at];
    if (has_constant_weights(node)) return true;
    if (node.op == "Softmax") return lowering_.codes.contains(node.outputs[0]);
    return !lowering_.nodes[at].integer && moved_by_onnxruntime(node) && leads_to_weights(at);
  }

  [[nodiscard]] bool has_constant_weights(const Node& node) const {
    return has_weights(node) && constant_input(graph_, node, 1) != nullptr;
  }

  /// Whether what node `at` moves is read by a float layer, perhaps after more of the kind.
  [[nodiscard]] bool leads_to_weights(std::size_t at) const {
    const std::string& value = graph_.nodes[at].outputs[0];
    const auto& readers = index_.readers(value);
    return std::any_of(readers.begin(), readers.end(), [&](std::size_t reader) {
      const Node& node = graph_.nodes[reader];
      if (node.inputs[0] != value || lowering_.nodes[reader].reads[0] != Read::Float) return false;
      return has_constant_weights(node) || (moved_by_onnxruntime(node) && leads_to_weights(reader));
    });
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
    out_.add(std::move(node), lowering_.nodes[at].table, q_);
    for (const auto& value : results) quantize(value);
  }

  std::string guarded_input(const Node& node) {
    const Forms& forms = forms_.at(node.inputs[0]);
    const ActivationParams params = q_.activations.find(node.inputs[0])->second;
    const InputChannels channels =
        has_constant_weights(node) ? input_channels(node, *constant_input(graph_, node, 1)) : InputChannels{};
    if (channels.count < 2) return behind_a_maximum(node, forms);
    const auto count = static_cast<std::size_t>(channels.count);
    const auto scale =
        out_.constant(node.name + "_input_scale", tensor_of({channels.count}, std::vector(count, params.scale)));
    const auto zero_point = out_.constant(node.name + "_input_zero_point",
                                          tensor_of({channels.count}, std::vector(count, params.zero_point)));
    const auto real = out_.fresh(node.name + "_input");
    out_.add("DequantizeLinear", node.name + "_input_DequantizeLinear", {forms.codes, scale, zero_point}, real,
             {{"axis", channels.axis}});
    return real;
  }

  /// One scale that ONNX Runtime takes for a scalar is no guard; what it neither moves nor removes is.
  std::string behind_a_maximum(const Node& node, const Forms& forms) {
    const auto real = out_.fresh(node.name + "_input_dequantized");
    out_.add("DequantizeLinear", node.name + "_input_DequantizeLinear", {forms.codes, forms.scale, forms.zero_point},
             real);
    return at_least_lowest(node.name + "_input", real);
  }

  /// `value`, called `name`, behind a Max that changes nothing.
  std::string at_least_lowest(const std::string& name, const std::string& value) {
    const auto lowest = out_.constant(name + "_lowest", scalar_tensor(std::numeric_limits<float>::lowest()));
    const auto same = out_.fresh(name);
    out_.add("Max", name + "_Max", {value, lowest}, same);
    return same;
  }

  /// Replaces the weights and bias of an integer layer by int8 and int32 constants behind DequantizeLinear.
  void quantize_parameters(const Node& source, Node& node) {
    const WeightParams* params = weights_of(q_, source);
    if (params == nullptr) return;
    const Tensor& weights = *constant_input(graph_, source, 1);
    node.inputs[1] = out_.dequantized<std::int8_t>(
        source.name + "_weight", tensor_of(weights.shape, int8_weights(weights, *params)), params->scale, params->axis);
    if (source.op == "MatMul") return;  // what is added behind it is corrected already
    const auto bias = integer_bias(graph_, source, q_);
    if (bias.empty()) return;
    const auto scales = accumulator_scales(q_.activations.find(source.inputs[0])->second.scale, *params);
    const auto channels = static_cast<std::int64_t>(bias.size());
    node.inputs.resize(3);
    node.inputs[2] = out_.dequantized<std::int32_t>(source.name + "_bias",
                                                    tensor_of({channels}, int32_bias(bias, scales)), scales, 0);
  }

  [[nodiscard]] std::optional<std::size_t> superfluous_activation(std::size_t at) const {
    return quantrail::superfluous_activation(graph_, index_, q_, lowering_, at);
  }

  const Graph& graph_;
  GraphIndex index_;
  const Quantization& q_;
  const Lowering& lowering_;
  QdqNodes out_;
  std::set<std::size_t> sums_;
  std::map<std::string, Forms> forms_{};
  std::set<std::size_t> dropped_{};
};

}  // namespace

Graph with_qdq(const Graph& graph, const Quantization& quantization, const Lowering& lowering) {
  return Writer(graph, quantization, lowering).written();
}

}  // namespace quantrail
