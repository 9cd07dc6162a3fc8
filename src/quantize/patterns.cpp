#include "quantize/patterns.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "quantize/moves.h"

namespace quantrail {
namespace {

using Position = std::optional<std::size_t>;

class Finder {
 public:
  Finder(const Graph& graph, const GraphIndex& index) : graph_(graph), index_(index), tracer_(graph, index) {}

  std::map<std::size_t, std::string> found() {
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) {
      const std::string& op = graph_.nodes[at].op;
      if (op == "Mul") {
        hard_swish(at);
        squeeze_excite(at);
      } else if (op == "NonMaxSuppression" || op == "TopK") {
        selection(at);
      }
    }
    return std::move(found_);
  }

 private:
  [[nodiscard]] const Node& node(std::size_t at) const { return graph_.nodes[at]; }
  void keep(std::size_t at, std::string_view reason) { found_.emplace(at, reason); }

  /// The variable operand of Add, Mul or Div with one constant; nothing for other nodes.
  [[nodiscard]] std::optional<std::string> variable_operand(std::size_t at) const {
    const Node& n = node(at);
    if ((n.op != "Add" && n.op != "Mul" && n.op != "Div") || n.inputs.size() != 2) return std::nullopt;
    const bool left = constant_input(graph_, n, 0) != nullptr;
    const bool right = constant_input(graph_, n, 1) != nullptr;
    if (left == right || (n.op == "Div" && left)) return std::nullopt;
    return n.inputs[left ? 1 : 0];
  }

  /// What `gate` is a hard sigmoid of: HardSigmoid, or Add of a constant, Clip and perhaps a scale.
  [[nodiscard]] std::optional<std::string> hard_sigmoid_of(const std::string& gate) const {
    Position at = index_.producer(gate);
    if (!at) return std::nullopt;
    if (node(*at).op == "HardSigmoid") return node(*at).inputs[0];
    if (node(*at).op != "Clip") {
      const auto scaled = variable_operand(*at);
      if (!scaled || node(*at).op == "Add") return std::nullopt;
      at = index_.producer(*scaled);
    }
    if (!at || node(*at).op != "Clip") return std::nullopt;
    const Position shift = index_.producer(node(*at).inputs[0]);
    if (!shift || node(*shift).op != "Add") return std::nullopt;
    return variable_operand(*shift);
  }

  [[nodiscard]] std::optional<std::string> sigmoid_of(const std::string& gate) const {
    const Position at = index_.producer(gate);
    if (at && node(*at).op == "Sigmoid") return node(*at).inputs[0];
    return hard_sigmoid_of(gate);
  }

  void hard_swish(std::size_t at) {
    const auto& in = node(at).inputs;
    if (hard_sigmoid_of(in[1]) == in[0] || hard_sigmoid_of(in[0]) == in[1]) {
      keep(at, "part of a decomposed hard-swish, which has no integer kernel");
    }
  }

  [[nodiscard]] Position weighted(const std::string& value) const {
    const Position at = tracer_.origin(value);
    const bool fits = at && (node(*at).op == "Conv" || node(*at).op == "Gemm" || node(*at).op == "MatMul");
    return fits ? at : std::nullopt;
  }

  /// From the result of an activation (Relu, HardSwish, or x * sigmoid(x) as two nodes) to its input.
  [[nodiscard]] std::optional<std::string> before_activation(const std::string& value) const {
    const Position at = tracer_.origin(value);
    if (!at) return std::nullopt;
    const Node& n = node(*at);
    if (n.op == "Relu" || n.op == "Clip" || n.op == "PRelu" || n.op == "HardSwish" || n.op == "LeakyRelu") {
      return n.inputs[0];
    }
    if (n.op == "Mul" && sigmoid_of(n.inputs[1]) == n.inputs[0]) return n.inputs[0];
    if (n.op == "Mul" && sigmoid_of(n.inputs[0]) == n.inputs[1]) return n.inputs[1];
    return std::nullopt;
  }

  void squeeze_excite(std::size_t at) {
    for (const auto& gate : node(at).inputs) {
      const Position gated = tracer_.origin(gate);
      const auto opened = gated ? sigmoid_of(node(*gated).outputs[0]) : std::nullopt;
      const Position excite = opened ? weighted(*opened) : std::nullopt;
      const auto hidden = excite ? before_activation(node(*excite).inputs[0]) : std::nullopt;
      const Position squeeze = hidden ? weighted(*hidden) : std::nullopt;
      const Position pool = squeeze ? tracer_.origin(node(*squeeze).inputs[0]) : std::nullopt;
      if (!pool || (node(*pool).op != "GlobalAveragePool" && node(*pool).op != "ReduceMean")) continue;
      for (const std::size_t part : {*pool, *squeeze, *excite}) {
        keep(part, "squeeze-and-excitation branch: little work, and sensitive");
      }
    }
  }

  void selection(std::size_t at) {
    std::vector<bool> seen(at + 1, false);
    std::vector<std::size_t> open{at};
    while (!open.empty()) {
      const std::size_t here = open.back();
      open.pop_back();
      if (seen[here]) continue;
      seen[here] = true;
      const bool has_weights = constant_input(graph_, node(here), 1) != nullptr &&
                               (node(here).op == "Conv" || node(here).op == "Gemm" || node(here).op == "MatMul");
      if (has_weights) continue;
      keep(here, "leads to " + node(at).op + ", which compares boxes and scores");
      for (const auto& value : node(here).inputs) {
        if (const Position before = index_.producer(value)) open.push_back(*before);
      }
    }
  }

  const Graph& graph_;
  const GraphIndex& index_;
  Tracer tracer_;
  std::map<std::size_t, std::string> found_{};
};

}  // namespace

std::map<std::size_t, std::string> float_patterns(const Graph& graph, const GraphIndex& index) {
  return Finder(graph, index).found();
}

}  // namespace quantrail
