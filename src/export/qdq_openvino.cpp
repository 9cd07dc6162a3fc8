#include "export/qdq_openvino.h"

#include "export/qdq_nodes.h"
#include "model/codes.h"

namespace quantrail {
namespace {

class Writer {
 public:
  Writer(const Graph& graph, const Quantization& q, const Lowering& lowering)
      : graph_(graph), index_(graph), q_(q), lowering_(lowering), moves_codes_(graph.nodes.size(), false), out_(graph) {
    for (std::size_t at = graph.nodes.size(); at-- > 0;) moves_codes_[at] = moves_for_a_layer(at);
  }

  Graph written() {
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) write(at);
    return out_.written();
  }

 private:
  struct Parameters {
    std::string scale{};
    std::string zero_point{};
  };

  /// Whether input `i` of node `at` must be what codes stand for.
  [[nodiscard]] bool reads_quantized(std::size_t at, std::size_t i) const {
    if (lowering_.nodes[at].reads[i] == Read::Float) return false;
    return moves_codes_[at] || q_.layers.count(graph_.nodes[at].name) != 0;
  }

  [[nodiscard]] bool moves_for_a_layer(std::size_t at) const {
    const Node& node = graph_.nodes[at];
    if (!lowering_.nodes[at].integer || q_.passthrough.count(node.name) == 0) return false;
    for (const auto& value : node.outputs) {
      for (const std::size_t reader : index_.readers(value)) {
        const auto& inputs = graph_.nodes[reader].inputs;
        for (std::size_t i = 0; i < inputs.size(); ++i) {
          if (inputs[i] == value && reads_quantized(reader, i)) return true;
        }
      }
    }
    return false;
  }

  void write(std::size_t at) {
    Node node = graph_.nodes[at];
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const auto maker = index_.producer(node.inputs[i]);
      const bool moved = maker && moves_codes_[*maker];
      if (reads_quantized(at, i) && !moved) node.inputs[i] = behind_a_pair(node.name, node.inputs[i]);
    }
    if (lowering_.nodes[at].integer) quantize_weights(graph_.nodes[at], node);
    out_.add(std::move(node), lowering_.nodes[at].table, q_);
  }

  std::string behind_a_pair(const std::string& reader, const std::string& value) {
    const Parameters& parameters = parameters_of(value);
    const std::string name = reader + "_" + value;
    const std::string codes = out_.fresh(name + "_quantized");
    const std::string real = out_.fresh(name + "_dequantized");
    out_.add("QuantizeLinear", name + "_QuantizeLinear", {value, parameters.scale, parameters.zero_point}, codes);
    out_.add("DequantizeLinear", name + "_DequantizeLinear", {codes, parameters.scale, parameters.zero_point}, real);
    return real;
  }

  const Parameters& parameters_of(const std::string& value) {
    const auto [found, is_new] = parameters_.try_emplace(value);
    if (is_new) {
      const ActivationParams params = q_.activations.find(value)->second;
      found->second = {out_.constant(value + "_scale", scalar_tensor(params.scale)),
                       out_.constant(value + "_zero_point", scalar_tensor(params.zero_point))};
    }
    return found->second;
  }

  void quantize_weights(const Node& source, Node& node) {
    const WeightParams* params = weights_of(q_, source);
    if (params == nullptr) return;
    const Tensor& weights = *constant_input(graph_, source, 1);
    node.inputs[1] = out_.dequantized<std::int8_t>(
        source.name + "_weight", tensor_of(weights.shape, int8_weights(weights, *params)), params->scale, params->axis);
    const auto corrected = q_.bias_edits.find(source.name);
    if (corrected == q_.bias_edits.end() || source.op == "MatMul") return;
    node.inputs.resize(3);
    node.inputs[2] = out_.constant(source.name + "_bias",
                                   tensor_of({static_cast<std::int64_t>(corrected->second.size())}, corrected->second));
  }

  const Graph& graph_;
  GraphIndex index_;
  const Quantization& q_;
  const Lowering& lowering_;
  std::vector<bool> moves_codes_;  // what it moves is quantized before it
  QdqNodes out_;
  std::map<std::string, Parameters> parameters_{};
};

}  // namespace

Graph with_pair_per_reader(const Graph& graph, const Quantization& quantization, const Lowering& lowering) {
  return Writer(graph, quantization, lowering).written();
}

}  // namespace quantrail
