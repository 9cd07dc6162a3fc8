#include "quantize/patterns.h"

#include <algorithm>
#include <set>
#include <vector>

#include "quantize/masks.h"
#include "quantize/pattern_view.h"

namespace quantrail {
namespace {

class Finder {
 public:
  Finder(const Graph& graph, const GraphIndex& index) : view_(graph, index), masked_(masked_values(graph)) {}

  std::map<std::size_t, FloatPattern> found() {
    for (std::size_t at = 0; at < view_.graph().nodes.size(); ++at) {
      const std::string& op = node(at).op;
      if (op == "Mul") {
        hard_swish(at);
        gelu(at);
        squeeze_excite(at);
        square(at);
        divided_by_norm(at);
      } else if (op == "Sub") {
        centred(at);
      } else if (op == "NonMaxSuppression" || op == "TopK") {
        selection(at);
      }
      if (op == "Add" || op == "Mul") mask(at);
      if (op == "Add" && leads_only_to({"Softmax", "LogSoftmax"}, at, {}))
        keep(at, "leads to a Softmax alone, which is in float");
      if (leads_to_log(at)) keep(at, "leads to a Log alone, to which its smallest results matter");
    }
    return std::move(found_);
  }

 private:
  using Position = PatternView::Position;

  [[nodiscard]] const Node& node(std::size_t at) const { return view_.node(at); }
  void keep(std::size_t at, std::string_view reason) { found_.emplace(at, FloatPattern{std::string(reason), false}); }

  void hard_swish(std::size_t at) {
    const auto& in = node(at).inputs;
    const auto gates = [this](const std::string& gate, const std::string& value) {
      // Either side may read its own copy of x: edits put factors between a value and some of its readers.
      const auto x = view_.hard_sigmoid_of(gate);
      return x && view_.unscaled(*x) == view_.unscaled(value);
    };
    if (gates(in[1], in[0]) || gates(in[0], in[1]))
      keep(at, "part of a decomposed hard-swish, which has no int8 kernel");
  }

  /// x * (1 + erf(x / sqrt(2))) / 2, or its approximation by tanh.
  void gelu(std::size_t at) {
    const auto& in = node(at).inputs;
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      const std::string x = view_.unscaled(in[1 - side]);
      const Position sum = view_.producer(view_.unscaled(in[side]));
      const auto bell = sum && node(*sum).op == "Add" ? view_.variable_operand(*sum) : std::nullopt;
      const Position curve = bell ? view_.producer(*bell) : std::nullopt;
      if (!curve || !view_.is(*curve, {"Erf", "Tanh"})) continue;
      const auto inner = computed_from(node(*curve).inputs[0], x);
      if (!inner) continue;
      keep(at, kGelu);
      for (const std::size_t part : *inner) keep(part, kGelu);
    }
  }

  /// The nodes between `value` and `x`, when it is a polynomial of x alone.
  [[nodiscard]] std::optional<std::set<std::size_t>> computed_from(const std::string& value,
                                                                   const std::string& x) const {
    std::set<std::size_t> parts;
    std::vector<std::string> open{value};
    while (!open.empty()) {
      const std::string here = open.back();
      open.pop_back();
      if (here == x || view_.graph().constants.contains(here)) continue;
      const Position at = view_.producer(here);
      if (!at || !view_.is(*at, {"Add", "Mul", "Div", "Pow"})) return std::nullopt;
      if (!parts.insert(*at).second) continue;
      open.insert(open.end(), node(*at).inputs.begin(), node(*at).inputs.end());
    }
    return parts;
  }

  void squeeze_excite(std::size_t at) {
    const auto& in = node(at).inputs;
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      const Position gated = view_.origin(in[side]);
      const auto opened = gated ? view_.sigmoid_of(node(*gated).outputs[0]) : std::nullopt;
      const Position excite = opened ? view_.weighted(*opened) : std::nullopt;
      const auto hidden = excite ? view_.before_activation(node(*excite).inputs[0]) : std::nullopt;
      const Position squeeze = hidden ? view_.weighted(*hidden) : std::nullopt;
      const Position pool = squeeze ? view_.origin(node(*squeeze).inputs[0]) : std::nullopt;
      if (!pool) continue;
      const bool averages = view_.is(*pool, {"GlobalAveragePool", "ReduceMean"}) ||
                            (node(*pool).op == "AveragePool" && node(*pool).inputs[0] == in[1 - side]);
      if (!averages) continue;
      for (const std::size_t part : {*pool, *squeeze, *excite})
        keep(part, "squeeze-and-excitation branch: little work, and sensitive");
    }
  }

  /// x * x for a mean: the variance or norm of a normalisation.
  void square(std::size_t at) {
    const Node& n = node(at);
    if (n.inputs[0] != n.inputs[1]) return;
    const auto& readers = view_.index().readers(n.outputs[0]);
    const bool averaged = std::any_of(readers.begin(), readers.end(), [this](std::size_t reader) {
      return view_.is(reader, {"ReduceMean", "ReduceSum", "GlobalAveragePool"});
    });
    if (averaged) keep(at, kNormalisation);
  }

  /// x / norm(x), or e / sum(e), as a product with the reciprocal.
  void divided_by_norm(std::size_t at) {
    const auto& in = node(at).inputs;
    if (inverts_a_sum(in[0]) || inverts_a_sum(in[1])) keep(at, kNormalisation);
  }

  /// Whether `value` is a reciprocal or root of a sum or mean; or already a normalised value.
  [[nodiscard]] bool inverts_a_sum(const std::string& value) const {
    bool inverted = false;
    for (Position at = view_.origin(value); at;) {
      const Node& n = node(*at);
      if (view_.is(*at, {"LpNormalization"})) return true;
      if (view_.is(*at, {"ReduceMean", "ReduceSum", "ReduceL2", "ReduceSumSquare", "GlobalAveragePool"}))
        return inverted;
      const bool power = view_.is(*at, {"Sqrt", "Reciprocal", "Pow"});
      const bool divides = n.op == "Div" && constant_input(view_.graph(), n, 0) != nullptr;
      const auto operand = view_.variable_operand(*at);
      if (!power && !divides && !operand && !view_.is(*at, {"Clip", "Max"})) return false;
      inverted = inverted || power || divides;
      at = view_.origin(divides ? n.inputs[1] : operand.value_or(n.inputs[0]));
    }
    return false;
  }

  /// x - mean(x): the mean of a normalisation.
  void centred(std::size_t at) {
    const Position mean = view_.origin(node(at).inputs[1]);
    if (mean && view_.is(*mean, {"GlobalAveragePool", "ReduceMean"}) && node(*mean).inputs[0] == node(at).inputs[0])
      keep(*mean, kNormalisation);
  }

  void mask(std::size_t at) {
    const auto& n = node(at);
    const auto masked = [this](const auto& value) { return masked_.contains(value); };
    if (masked(n.outputs[0]) || std::any_of(n.inputs.begin(), n.inputs.end(), masked))
      keep(at, "works on a mask, beside whose numbers nothing else would have codes");
  }

  /// Directly, or as one part of a spectrum: squared, added to the other part and weighed.
  [[nodiscard]] bool leads_to_log(std::size_t at) const {
    if (!view_.is(at, {"Conv", "Gemm", "MatMul", "Add"})) return false;
    if (leads_only_to({"Log"}, at, {"Add", "Max", "Clip", "Relu"})) return true;
    const auto& readers = view_.index().readers(node(at).outputs[0]);
    const bool squared = std::all_of(readers.begin(), readers.end(), [this](std::size_t reader) {
      return view_.is(reader, {"Pow"}) ||
             (node(reader).op == "Mul" && node(reader).inputs[0] == node(reader).inputs[1]);
    });
    return squared && leads_only_to({"Log"}, at, {"Add", "Max", "Clip", "Relu", "Mul", "Pow", "Sqrt", "MatMul"});
  }

  /// Whether everybody who reads the result of node `at`, perhaps through moves and `passes`, is one of `ops`.
  [[nodiscard]] bool leads_only_to(std::initializer_list<std::string_view> ops, std::size_t at,
                                   std::initializer_list<std::string_view> passes) const {
    std::vector<std::string> open{node(at).outputs[0]};
    std::set<std::string> seen;
    while (!open.empty()) {
      const std::string value = open.back();
      open.pop_back();
      if (!seen.insert(value).second) continue;
      const auto& readers = view_.index().readers(value);
      if (readers.empty() || view_.index().is_output(value)) return false;
      for (const std::size_t reader : readers) {
        if (view_.is(reader, ops)) continue;
        if (!view_.is(reader, passes) && moved_inputs(view_.graph(), node(reader)) == 0) return false;
        open.insert(open.end(), node(reader).outputs.begin(), node(reader).outputs.end());
      }
    }
    return true;
  }

  void selection(std::size_t at) {
    std::vector<bool> seen(at + 1, false);
    std::vector<std::size_t> open{at};
    while (!open.empty()) {
      const std::size_t here = open.back();
      open.pop_back();
      if (seen[here]) continue;
      seen[here] = true;
      const bool has_weights =
          constant_input(view_.graph(), node(here), 1) != nullptr && view_.is(here, {"Conv", "Gemm", "MatMul"});
      if (has_weights) continue;
      found_[here] = {"leads to " + node(at).op + ", which compares boxes and scores", true};
      for (const auto& value : node(here).inputs) {
        if (const Position before = view_.producer(value)) open.push_back(*before);
      }
    }
  }

  static constexpr std::string_view kGelu = "part of a decomposed Gelu, which is one function of floats";
  static constexpr std::string_view kNormalisation = "part of a decomposed normalisation, which needs more than 8 bits";

  PatternView view_;
  std::set<std::string, std::less<>> masked_;
  std::map<std::size_t, FloatPattern> found_{};
};

}  // namespace

std::map<std::size_t, FloatPattern> float_patterns(const Graph& graph, const GraphIndex& index) {
  return Finder(graph, index).found();
}

}  // namespace quantrail
