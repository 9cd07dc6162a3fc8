#include "runtime/units.h"

#include <algorithm>

namespace quantrail {
namespace {

Numeric wanted_by(const NodeLowering& lowering, std::size_t input) {
  const Read read = input < lowering.reads.size() ? lowering.reads[input] : Read::Float;
  switch (read) {
    case Read::Codes: return Numeric::Codes;
    case Read::Dequantized: return Numeric::Dequantized;
    case Read::Float: break;
  }
  return Numeric::Float;
}

class Planner {
 public:
  Planner(const ShapedModel& model, const Lowering& lowering, const std::vector<std::string>& taps)
      : model_(model),
        lowering_(lowering),
        graph_(model.specialised.graph),
        types_(model.specialised.types),
        index_(model.index),
        codes_(lowering.codes),
        taps_(taps.begin(), taps.end()) {
    for (const auto& at : model.canonical) plan_.lowering.push_back(at ? lowering.nodes[*at] : NodeLowering{});
    find_live();
  }

  UnitPlan result() {
    add_demands();
    choose_patterns();
    choose_additions();
    choose_products();
    choose_gates();
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) {
      if (live_[at] && !absorbed_.contains(at)) plan_.units.push_back(unit(at));
    }
    return std::move(plan_);
  }

 private:
  void find_live() {
    live_.assign(graph_.nodes.size(), false);
    const auto wanted = [this](const std::string& value) {
      const auto& readers = index_.readers(value);
      return index_.is_output(value) || taps_.contains(value) ||
             std::any_of(readers.begin(), readers.end(), [this](std::size_t reader) { return live_[reader]; });
    };
    for (std::size_t at = graph_.nodes.size(); at-- > 0;) {
      const auto& outputs = graph_.nodes[at].outputs;
      live_[at] = std::any_of(outputs.begin(), outputs.end(), wanted);
    }
  }

  void add_demands() {
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) {
      if (!live_[at]) continue;
      const Node& node = graph_.nodes[at];
      for (std::size_t input = 0; input < node.inputs.size(); ++input)
        plan_.demands.add(node.inputs[input], wanted_by(plan_.lowering[at], input));
    }
    add_late_demands();
    for (std::size_t at = 0; at < model_.specialised.own_outputs; ++at)
      plan_.demands.add(graph_.outputs[at].name, Numeric::Float);
    for (const auto& tap : taps_) plan_.demands.add(tap, Numeric::Float);
  }

  void add_late_demands() {
    const auto& nodes = model_.specialised.late.nodes;
    for (std::size_t at = 0; at < nodes.size(); ++at) {
      const auto& canonical = model_.canonical_late[at];
      const NodeLowering lowering = canonical ? lowering_.nodes[*canonical] : NodeLowering{};
      for (std::size_t input = 0; input < nodes[at].inputs.size(); ++input) {
        const Numeric wanted = wanted_by(lowering, input);
        plan_.demands.add(nodes[at].inputs[input], wanted == Numeric::Codes ? Numeric::Dequantized : wanted);
      }
    }
  }

  [[nodiscard]] bool read_once(const std::string& value) const {
    return index_.readers(value).size() == 1 && !index_.is_output(value) && !taps_.contains(value);
  }
  /// The numerics in which the nodes of `pattern` read its source, where all of it is computed in float and leaves
  /// nothing that must be seen in between; nothing where it cannot be computed in one pass.
  [[nodiscard]] std::optional<Numeric> reads_of(const Pattern& pattern) const {
    std::optional<Numeric> reads;
    for (const std::size_t at : pattern.nodes) {
      const Node& node = graph_.nodes[at];
      const auto& value = node.outputs[0];
      const bool between = at != pattern.nodes.back();
      if (!live_[at] || plan_.lowering[at].integer || (between && (codes_.contains(value) || taps_.contains(value))))
        return std::nullopt;
      for (std::size_t input = 0; input < node.inputs.size(); ++input) {
        if (node.inputs[input] != pattern.source) continue;
        const Numeric numeric = wanted_by(plan_.lowering[at], input);
        if (numeric == Numeric::Codes || numeric != reads.value_or(numeric)) return std::nullopt;
        reads = numeric;
      }
    }
    return reads;
  }

  void choose_patterns() {
    for (const Pattern& pattern : model_.patterns) {
      const auto reads = reads_of(pattern);
      if (!reads) continue;
      Unit unit;
      unit.node = pattern.nodes.back();
      unit.pattern = pattern;
      unit.pattern_reads = *reads;
      unit.result = graph_.nodes[unit.node].outputs[0];
      absorbed_.insert(pattern.nodes.begin(), pattern.nodes.end() - 1);
      auto& until = plan_.read_until[pattern.source];
      until = std::max(until, unit.node);
      patterns_[unit.node] = std::move(unit);
    }
  }

  /// The operand of node `at` beside the constant number or vector that it is about.
  [[nodiscard]] std::optional<std::size_t> varying_operand(std::size_t at) const {
    const auto& inputs = graph_.nodes[at].inputs;
    if (inputs.size() != 2 || plan_.lowering[at].integer || patterns_.contains(at) || absorbed_.contains(at))
      return std::nullopt;
    for (const std::size_t constant : {std::size_t{1}, std::size_t{0}}) {
      const auto tensor = constant_input(graph_, graph_.nodes[at], constant);
      if (tensor && tensor->type == ElementType::Float32) return 1 - constant;
    }
    return std::nullopt;
  }

  /// The only reader of the result of node `at`, if what it reads may disappear into it.
  [[nodiscard]] std::optional<std::size_t> absorbing_reader(std::size_t at) const {
    const auto& value = graph_.nodes[at].outputs[0];
    if (!may_vanish(value)) return std::nullopt;
    const std::size_t reader = index_.readers(value)[0];
    const auto varying = varying_operand(reader);
    return live_[reader] && varying && graph_.nodes[reader].inputs[*varying] == value ? std::optional(reader)
                                                                                      : std::nullopt;
  }

  /// A number that scales, or a vector that is added to, the result of a MatMul.
  void choose_products() {
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) {
      if (!live_[at] || graph_.nodes[at].op != "MatMul") continue;
      const auto reader = absorbing_reader(at);
      if (!reader) continue;
      const Node& behind = graph_.nodes[*reader];
      const std::size_t varying = *varying_operand(*reader);
      const Shape& shape = constant_input(graph_, behind, 1 - varying)->shape;
      const Shape& product = types_.at(graph_.nodes[at].outputs[0]).shape;
      const bool scales = behind.op == "Mul" || (behind.op == "Div" && varying == 0);
      const bool constant_rhs = constant_input(graph_, graph_.nodes[at], 1) != nullptr;
      if (scales && element_count(shape) == 1 && shape.size() <= product.size() && !constant_rhs) {
        scalings_[at] = *reader;
      } else if (behind.op == "Add" && constant_rhs && !product.empty() && shape == Shape{product.back()}) {
        biases_[at] = *reader;
      } else {
        continue;
      }
      absorbed_.insert(*reader);
    }
  }

  /// A value that only one node reads may disappear into that node.
  [[nodiscard]] bool may_vanish(const std::string& value) const { return read_once(value) && !codes_.contains(value); }

  [[nodiscard]] std::optional<std::size_t> activation_behind(std::size_t at) const {
    const auto activation = fused_activation(graph_, index_, at);
    return activation && may_vanish(graph_.nodes[at].outputs[0]) ? activation : std::nullopt;
  }

  /// Whether operand `mine` of the Add at `addition` can be accumulated onto its other operand: floats on floats, or
  /// codes on codes.
  [[nodiscard]] bool accumulates(std::size_t addition, std::size_t mine) const {
    const Node& add = graph_.nodes[addition];
    const auto& value = add.inputs[mine];
    const auto& other = add.inputs[1 - mine];
    const auto producer = index_.producer(value);
    if (!producer || value == other || !read_once(value)) return false;
    const Node& node = graph_.nodes[*producer];
    const bool integer = plan_.lowering[addition].integer;
    if (node.op != "Conv" || plan_.lowering[*producer].integer != integer) return false;
    if (integer ? !adds_codes(addition, node) : codes_.contains(value)) return false;
    if (graph_.constants.contains(other) || types_.at(other).shape != types_.at(value).shape) return false;
    const auto before = index_.producer(other);
    return !before || *before < *producer;
  }

  /// Whether all that the Add at `addition` reads and leaves are codes. Depthwise convolutions have kernels of their
  /// own.
  [[nodiscard]] bool adds_codes(std::size_t addition, const Node& conv) const {
    const Node& add = graph_.nodes[addition];
    const auto activation = activation_behind(addition);
    const auto& result = graph_.nodes[activation.value_or(addition)].outputs[0];
    const auto coded = [this](const std::string& value) { return codes_.contains(value); };
    const auto weights = constant_input(graph_, conv, 1);
    if (weights == nullptr || weights->shape[1] == 1 || int_attribute(conv, "group", 1) != 1) return false;
    return plan_.lowering[addition].reads == std::vector{Read::Codes, Read::Codes} &&
           std::all_of(add.inputs.begin(), add.inputs.end(), coded) && coded(result) &&
           plan_.demands.codes_only(result);
  }

  void choose_additions() {
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) {
      if (!live_[at] || graph_.nodes[at].op != "Add") continue;
      for (const std::size_t mine : {std::size_t{0}, std::size_t{1}}) {
        if (!accumulates(at, mine)) continue;
        additions_[*index_.producer(graph_.nodes[at].inputs[mine])] = {at, graph_.nodes[at].inputs[1 - mine]};
        absorbed_.insert(at);
        break;
      }
    }
  }

  /// The Sigmoid of x where node `at` is x * Sigmoid(x), both in float or both on the codes of x, and nobody else asks
  /// for it.
  [[nodiscard]] std::optional<std::size_t> gate_of(std::size_t at) const {
    const Node& node = graph_.nodes[at];
    if (!live_[at] || node.op != "Mul" || node.inputs.size() != 2) return std::nullopt;
    for (const std::size_t gated : {std::size_t{0}, std::size_t{1}}) {
      const auto sigmoid = index_.producer(node.inputs[1 - gated]);
      if (!sigmoid || graph_.nodes[*sigmoid].op != "Sigmoid") continue;
      const auto& value = graph_.nodes[*sigmoid].outputs[0];
      if (graph_.nodes[*sigmoid].inputs[0] != node.inputs[gated] || index_.readers(value).size() != 1 ||
          index_.is_output(value) || taps_.contains(value) || types_.at(value).type != ElementType::Float32) {
        continue;
      }
      const Read of_x = plan_.lowering[*sigmoid].reads[0];
      const Read by_product = plan_.lowering[at].reads[gated];
      const Read of_gate = plan_.lowering[at].reads[1 - gated];
      const auto& product = node.outputs[0];
      const bool in_codes = plan_.lowering[at].integer && of_x != Read::Float && codes_.contains(value) &&
                            codes_.contains(product) && plan_.demands.codes_only(product);
      if (in_codes || (!plan_.lowering[at].integer && of_gate == Read::Float && of_x == by_product)) return sigmoid;
    }
    return std::nullopt;
  }

  /// The float convolution that computes x for an x * Sigmoid(x) that nobody else needs x for.
  [[nodiscard]] std::optional<std::size_t> activated_by(std::size_t product, std::size_t sigmoid) const {
    const auto& x = graph_.nodes[sigmoid].inputs[0];
    const auto conv = index_.producer(x);
    if (!conv || graph_.nodes[*conv].op != "Conv" || plan_.lowering[*conv].integer || additions_.contains(*conv)) {
      return std::nullopt;
    }
    const bool alone =
        index_.readers(x).size() == 2 && !index_.is_output(x) && !taps_.contains(x) && !codes_.contains(x);
    return alone && !plan_.lowering[product].integer ? conv : std::nullopt;
  }

  void choose_gates() {
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) {
      const auto sigmoid = gate_of(at);
      if (!sigmoid) continue;
      absorbed_.insert(*sigmoid);
      if (const auto conv = activated_by(at, *sigmoid)) {
        products_[*conv] = at;
        absorbed_.insert(at);
      } else {
        gates_[at] = *sigmoid;
      }
    }
  }

  Unit unit(std::size_t at) {
    if (const auto found = patterns_.find(at); found != patterns_.end()) return found->second;
    Unit unit;
    unit.node = at;
    if (const auto found = gates_.find(at); found != gates_.end()) unit.gate = found->second;
    if (const auto found = products_.find(at); found != products_.end()) {
      unit.silu = true;
      unit.result = graph_.nodes[found->second].outputs[0];
      return unit;
    }
    std::size_t last = at;
    if (const auto found = additions_.find(at); found != additions_.end()) {
      unit.addition = last = found->second.first;
      unit.addend = found->second.second;
    }
    if (const auto found = scalings_.find(at); found != scalings_.end()) {
      unit.scaling = found->second;
      unit.result = graph_.nodes[found->second].outputs[0];
      return unit;
    }
    if (const auto found = biases_.find(at); found != biases_.end()) unit.bias = last = found->second;
    if (const auto activation = activation_behind(last)) {
      unit.activation = last = *activation;
      absorbed_.insert(last);
    }
    for (const auto& value : graph_.nodes[last].outputs) {
      if (unit.result.empty()) unit.result = value;
    }
    return unit;
  }

  const ShapedModel& model_;
  const Lowering& lowering_;
  const Graph& graph_;
  const std::map<std::string, TensorType, std::less<>>& types_;
  const GraphIndex& index_;
  const std::set<std::string, std::less<>>& codes_;
  std::set<std::string, std::less<>> taps_;
  UnitPlan plan_{};
  std::vector<bool> live_{};
  std::set<std::size_t> absorbed_{};
  std::map<std::size_t, std::pair<std::size_t, std::string>> additions_{};  // by the position of the producer
  std::map<std::size_t, Unit> patterns_{};                                  // by the position of the last node
  std::map<std::size_t, std::size_t> scalings_{};                           // of a MatMul: the Mul or Div behind it
  std::map<std::size_t, std::size_t> biases_{};                             // of a MatMul: the Add behind it
  std::map<std::size_t, std::size_t> gates_{};                              // of a Mul: its Sigmoid
  std::map<std::size_t, std::size_t> products_{};                           // of a Conv: the Mul behind it
};

}  // namespace

bool Demands::wants(const std::string& value, Numeric numeric) const {
  const auto found = numerics_.find(value);
  return found != numerics_.end() && (found->second & bit(numeric)) != 0;
}

bool Demands::codes_only(const std::string& value) const {
  return !wants(value, Numeric::Float) && (wants(value, Numeric::Codes) || wants(value, Numeric::Dequantized));
}

UnitPlan planned(const ShapedModel& model, const Lowering& lowering, const std::vector<std::string>& taps) {
  return Planner(model, lowering, taps).result();
}

}  // namespace quantrail
