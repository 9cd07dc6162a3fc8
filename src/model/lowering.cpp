#include "model/lowering.h"

#include <algorithm>
#include <array>

#include "model/codes.h"

namespace quantrail {
namespace {

bool contains(const auto& set, std::string_view name) { return set.find(name) != set.end(); }

bool constant_or_absent(const Graph& graph, const Node& node, std::size_t input) {
  return input >= node.inputs.size() || node.inputs[input].empty() || constant_input(graph, node, input) != nullptr;
}

/// Decides from the last node to the first, since what a value must exist as depends on its readers alone.
class Sweep {
 public:
  Sweep(const Graph& graph, const GraphIndex& index, const Quantization& q,
        const std::set<std::string, std::less<>>& reverted, RevertMode mode)
      : graph_(graph), index_(index), q_(q), mode_(mode), integer_(graph.nodes.size(), false) {
    find_activations();
    for (const auto& group : q.groups) {
      if (contains(reverted, group.name)) reverted_.insert(group.members.begin(), group.members.end());
    }
    for (const auto& output : graph.outputs) {
      if (has_params(output.name)) raw_.insert(output.name);
    }
    for (std::size_t at = graph.nodes.size(); at-- > 0;) decide(at);
    for (std::size_t at = 0; at < graph.nodes.size(); ++at) move_what_is_there(at);
  }

  Lowering result() {
    Lowering out;
    for (const auto& [value, params] : q_.activations) {
      if (stored(value)) out.codes.insert(value);
      if (contains(raw_, value) || (comes_as_float(value) && has_float_reader(value))) out.raw.insert(value);
    }
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) out.nodes.push_back(node_lowering(at));
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) {
      const Node& node = graph_.nodes[at];
      const bool layer = integer_[at] && contains(q_.layers, node.name);
      // A MatMul that gives floats is none for ONNX Runtime where a Relu or Clip is all that reads it.
      const bool has_float_kernel =
          (node.op == "MatMul" && !activation_[at]) || (node.op == "Gemm" && !fuses_in_float(at));
      const bool one_kernel = out.nodes[at].fused && !clipped(at);
      if (layer && !one_kernel && !has_float_kernel) out.float_in_onnxruntime.push_back(node.name);
    }
    return out;
  }

 private:
  void find_activations() {
    activation_.resize(graph_.nodes.size());
    base_.resize(graph_.nodes.size());
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) {
      activation_[at] = fused_activation(graph_, index_, at);
      if (activation_[at]) base_[*activation_[at]] = at;
    }
  }

  [[nodiscard]] bool has_params(const std::string& value) const { return contains(q_.activations, value); }
  [[nodiscard]] bool reads_raw(const Node& node) const {
    return contains(q_.ignored, node.name) || (mode_ == RevertMode::Full && contains(reverted_, node.name));
  }

  void mark(const Node& node, std::set<std::string, std::less<>>& marks) {
    for (const auto& value : node.inputs) {
      if (has_params(value)) marks.insert(value);
    }
  }

  void decide(std::size_t at) {
    const Node& node = graph_.nodes[at];
    if (contains(q_.passthrough, node.name)) {
      decide_passthrough(at);
    } else if (contains(q_.layers, node.name) && !contains(reverted_, node.name)) {
      integer_[at] = true;
      mark(node, wanted_);
    } else if (reads_raw(node)) {
      mark(node, raw_);
    }
  }

  // Moving values commutes with quantizing them, so where someone needs the float the node moves floats, and
  // whoever wants codes quantizes behind it: the same codes.
  void decide_passthrough(std::size_t at) {
    const Node& node = graph_.nodes[at];
    const auto any = [&](const auto& marks) {
      return std::any_of(node.outputs.begin(), node.outputs.end(),
                         [&](const auto& value) { return contains(marks, value); });
    };
    if (any(raw_)) {
      mark(node, raw_);
    } else if (any(wanted_)) {
      integer_[at] = true;
      mark(node, wanted_);
    }
  }

  // What comes as codes only is moved as codes, also for readers that will dequantize it.
  void move_what_is_there(std::size_t at) {
    const Node& node = graph_.nodes[at];
    if (!contains(q_.passthrough, node.name)) return;
    const auto raw = [this](const auto& value) { return contains(raw_, value); };
    const auto codes_only = [&](const auto& value) {
      return !has_params(value) || (!raw(value) && !comes_as_float(value));
    };
    integer_[at] = integer_[at] || (std::none_of(node.outputs.begin(), node.outputs.end(), raw) &&
                                    std::all_of(node.inputs.begin(), node.inputs.end(), codes_only));
  }

  /// The node whose kernel writes `value`: a fused activation's base in place of the activation.
  [[nodiscard]] std::optional<std::size_t> maker(const std::string& value) const {
    const auto at = index_.producer(value);
    return at && base_[*at] ? base_[*at] : at;
  }

  [[nodiscard]] bool comes_as_float(const std::string& value) const {
    const auto at = maker(value);
    return !at || !integer_[*at];
  }

  // Whoever reads what an integer layer computed reads its codes, so that ONNX Runtime can fuse the layer; unless the
  // float result must exist anyway.
  [[nodiscard]] bool stored(const std::string& value) const {
    return contains(wanted_, value) || (!comes_as_float(value) && !contains(raw_, value));
  }

  // Codes are read back only where nothing better exists.
  [[nodiscard]] Read read(std::size_t at, const std::string& value) const {
    if (!has_params(value)) return Read::Float;
    if (integer_[at]) return Read::Codes;
    return contains(raw_, value) || comes_as_float(value) ? Read::Float : Read::Dequantized;
  }

  [[nodiscard]] bool has_float_reader(const std::string& value) const {
    const auto& readers = index_.readers(value);
    return std::any_of(readers.begin(), readers.end(), [&](std::size_t at) { return !integer_[at]; });
  }

  /// Whether a Relu or Clip is computed together with node `at` that the codes' own range does not make superfluous.
  [[nodiscard]] bool clipped(std::size_t at) const {
    const auto& activation = activation_[at];
    if (!activation) return false;
    const Node& node = graph_.nodes[*activation];
    const auto params = q_.activations.find(node.outputs[0]);
    return params == q_.activations.end() || !covered_by_codes(bounds_of(graph_, node), params->second);
  }

  /// ONNX Runtime fuses a Gemm with the activation behind it before it looks for integers, where the activation's
  /// result goes to one place only.
  [[nodiscard]] bool fuses_in_float(std::size_t at) const {
    const auto& activation = activation_[at];
    if (!activation) return false;
    const auto& value = graph_.nodes[*activation].outputs[0];
    std::ptrdiff_t places = has_params(value) && stored(value) ? 1 : 0;
    for (const std::size_t reader : index_.readers(value)) {
      const auto& inputs = graph_.nodes[reader].inputs;
      if (read(reader, value) == Read::Float) places += std::count(inputs.begin(), inputs.end(), value);
    }
    return places == 1 && !index_.is_output(value);
  }

  [[nodiscard]] NodeLowering node_lowering(std::size_t at) const {
    NodeLowering lowering;
    lowering.integer = integer_[at];
    lowering.table = contains(q_.tables, graph_.nodes[at].name) && !contains(reverted_, graph_.nodes[at].name);
    for (const auto& value : graph_.nodes[at].inputs) lowering.reads.push_back(read(at, value));
    if (integer_[at]) {
      const auto& result = graph_.nodes[activation_[at].value_or(at)].outputs[0];
      lowering.fused = has_params(result) && stored(result) && !contains(raw_, result);
    }
    return lowering;
  }

  const Graph& graph_;
  const GraphIndex& index_;
  const Quantization& q_;
  RevertMode mode_;
  std::set<std::string, std::less<>> reverted_{};  // node names
  std::set<std::string, std::less<>> wanted_{};    // values that an integer node reads
  std::set<std::string, std::less<>> raw_{};       // values that someone needs unquantized
  std::vector<bool> integer_{};
  std::vector<std::optional<std::size_t>> activation_{};  // fused_activation() of each node
  std::vector<std::optional<std::size_t>> base_{};        // the other way round
};

}  // namespace

bool takes_activation(std::string_view op) {
  constexpr std::array<std::string_view, 5> kOps{"Conv", "Gemm", "MatMul", "ConvTranspose", "Add"};
  return std::find(kOps.begin(), kOps.end(), op) != kOps.end();
}

std::optional<std::size_t> fused_activation(const Graph& graph, const GraphIndex& index, std::size_t at) {
  const Node& node = graph.nodes[at];
  if (!takes_activation(node.op) || index.is_output(node.outputs[0])) return std::nullopt;
  const auto& readers = index.readers(node.outputs[0]);
  if (readers.size() != 1) return std::nullopt;
  const Node& reader = graph.nodes[readers[0]];
  if (reader.inputs[0] != node.outputs[0]) return std::nullopt;
  const bool bounded =
      reader.op == "Clip" && constant_or_absent(graph, reader, 1) && constant_or_absent(graph, reader, 2);
  if (reader.op != "Relu" && !bounded) return std::nullopt;
  return readers[0];
}

Lowering lowered(const Graph& graph, const Quantization* quantization,
                 const std::set<std::string, std::less<>>& reverted, RevertMode mode) {
  return lowered(graph, GraphIndex(graph), quantization, reverted, mode);
}

Lowering lowered(const Graph& graph, const GraphIndex& index, const Quantization* quantization,
                 const std::set<std::string, std::less<>>& reverted, RevertMode mode) {
  static const Quantization kNone;
  return Sweep(graph, index, quantization != nullptr ? *quantization : kNone, reverted, mode).result();
}

}  // namespace quantrail
