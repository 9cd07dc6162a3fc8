#include "quantize/placement.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "model/lowering.h"
#include "quantize/eligible.h"
#include "quantize/masks.h"
#include "quantize/moves.h"
#include "quantize/patterns.h"
#include "quantize/points.h"

namespace quantrail {
namespace {

constexpr const char* kExcluded = "excluded by the configuration";

class Placer {
 public:
  Placer(const Graph& graph, const ValueTypes& types, const PlacementOptions& options)
      : graph_(graph),
        types_(types),
        options_(options),
        index_(graph),
        patterns_(float_patterns(graph, index_)),
        masked_(masked_values(graph)) {}

  Placement result() {
    placement_.nodes.resize(graph_.nodes.size());
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) moved_.push_back(moved(at));
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) {
      decide(at);
      codes_behind_.push_back(codes_behind(at));
    }
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) {
      if (!integer(at)) continue;
      const Node& node = graph_.nodes[at];
      for (std::size_t i = 0; i < activation_inputs(node); ++i) require(node.inputs[i]);
    }
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) require_result(at);
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) keep_as_codes(at);
    quantize_parts_or_whole();
    explain_moves();
    for (auto& [first, values] : points_.classes()) placement_.classes.push_back(parameter_class(std::move(values)));
    return std::move(placement_);
  }

 private:
  [[nodiscard]] bool integer(std::size_t at) const { return placement_.nodes[at].place == Place::Integer; }

  void decide(std::size_t at) {
    const Node& node = graph_.nodes[at];
    NodePlace& here = placement_.nodes[at];
    if (moves(at)) return;  // until someone behind it asks for codes
    if (options_.transformer && kept_by_transformer(node)) {
      here.reason = fmt::format("model_type transformer keeps {} in float", node.op);
      return;
    }
    if (node.op == "Gather" && table(node)) {
      if (options_.excluded.contains(node.name)) {
        here.reason = kExcluded;
      } else {
        here.place = Place::Table;
      }
      return;
    }
    here.reason = obstacle(graph_, types_, node);
    if (!here.reason.empty()) {
      if (differs_in_integers(node) && pays(at)) placement_.ignored.insert(node.name);
      return;
    }
    if (const auto pattern = patterns_.find(at); pattern != patterns_.end()) {
      here.reason = pattern->second.reason;
    } else if (!pays(at)) {
      here.reason = "reads no int8 result, so that int8 would gain nothing";
    } else if (options_.excluded.count(node.name) != 0) {
      here.reason = kExcluded;
      placement_.ignored.insert(node.name);
    } else {
      here.place = Place::Integer;
    }
  }

  /// Whether `node` takes rows of a table that is worth it: of embeddings, not of the few numbers that boxes or
  /// coordinates have, which are needed exactly.
  [[nodiscard]] bool table(const Node& node) const {
    constexpr std::int64_t kLeastElements = 4096;
    constexpr std::int64_t kLeastColumns = 8;
    const TensorPtr rows = constant_input(graph_, node, 0);
    if (!options_.tables || rows == nullptr || rows->type != ElementType::Float32 || rows->shape.size() != 2)
      return false;
    if (int_attribute(node, "axis", 0) != 0 || constant_input(graph_, node, 1) != nullptr) return false;
    if (element_count(rows->shape) < kLeastElements || rows->shape[1] < kLeastColumns) return false;
    const bool known = is_activation(graph_, types_, node.outputs[0]) && !index_.is_output(node.outputs[0]);
    return known && !masked_.contains(node.inputs[0]) && all_finite(*rows) && !ends_the_network(node.outputs[0]);
  }

  /// ReduceMean over an image is a GlobalAveragePool in a canonical graph.
  [[nodiscard]] bool kept_by_transformer(const Node& node) const {
    constexpr std::array<std::string_view, 7> kKept{
        "Add", "Mul", "Sub", "Pow", "Squeeze", "ReduceMean", "GlobalAveragePool"};
    const bool listed = std::find(kKept.begin(), kKept.end(), node.op) != kKept.end();
    return listed && is_activation(graph_, types_, node.outputs[0]);
  }

  [[nodiscard]] bool moves(std::size_t at) const { return moved_[at] > 0; }

  /// How many inputs node `at` moves; 0 where it cannot be moved as codes from all of them to all of its results.
  [[nodiscard]] std::size_t moved(std::size_t at) const {
    const Node& node = graph_.nodes[at];
    const std::size_t count = moved_inputs(graph_, node);
    if (options_.transformer && kept_by_transformer(node)) return 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_activation(graph_, types_, node.inputs[i]) || masked_.contains(node.inputs[i])) return 0;
    }
    // One of several results that stays float makes the node move floats: then each result has a point of its own.
    const bool several = node.outputs.size() > 1;
    const bool blocked = std::any_of(node.outputs.begin(), node.outputs.end(), [&](const auto& value) {
      return !is_activation(graph_, types_, value) || (several && (index_.is_output(value) || ends_the_network(value)));
    });
    return blocked ? 0 : count;
  }

  /// Arithmetic without weights is little work in float; in integers it pays where its input exists as codes anyway.
  [[nodiscard]] bool pays(std::size_t at) const {
    const Node& node = graph_.nodes[at];
    if (node.op == "Conv" || node.op == "Gemm" || node.op == "MatMul") return true;
    return std::any_of(node.inputs.begin(), node.inputs.begin() + static_cast<std::ptrdiff_t>(activation_inputs(node)),
                       [this](const auto& value) { return from_integer_layer(value); });
  }

  [[nodiscard]] bool from_integer_layer(const std::string& value) const {
    const auto at = index_.producer(value);
    return at && codes_behind_[*at];
  }

  /// Whether the result of node `at` stems from an integer layer, perhaps through its activation and moves.
  [[nodiscard]] bool codes_behind(std::size_t at) const {
    const Node& node = graph_.nodes[at];
    if (integer(at)) return true;
    const auto inputs = node.inputs.begin();
    if (moves(at)) {
      return std::any_of(inputs, inputs + static_cast<std::ptrdiff_t>(moved_[at]),
                         [this](const auto& value) { return from_integer_layer(value); });
    }
    const auto before = node.inputs.empty() ? std::nullopt : index_.producer(node.inputs[0]);
    return before && integer(*before) && fused_activation(graph_, index_, *before) == at;
  }

  /// Gives `value` a point, and whatever it is moved from.
  void require(const std::string& value) {
    if (points_.add(value)) climb(value);
  }

  void climb(const std::string& start) {
    std::vector<std::string> open{start};
    std::vector<std::size_t> passed;
    while (!open.empty()) {
      const std::string value = open.back();
      open.pop_back();
      const auto at = index_.producer(value);
      if (!at || !moves(*at) || placement_.nodes[*at].place == Place::Passthrough) continue;
      if (takes_part_of_float(*at)) {
        parts_.push_back(value);
        continue;
      }
      placement_.nodes[*at] = {Place::Passthrough, {}};
      passed.push_back(*at);
      for (const auto& moved : shared_by(*at)) {
        if (points_.add(moved)) open.push_back(moved);
      }
    }
    for (const std::size_t at : passed) {
      for (const auto& value : shared_by(at)) points_.join(graph_.nodes[at].outputs[0], value);
    }
  }

  /// The values that have one point's parameters when node `at` moves codes.
  [[nodiscard]] std::vector<std::string> shared_by(std::size_t at) const {
    const Node& node = graph_.nodes[at];
    std::vector<std::string> values(node.inputs.begin(), node.inputs.begin() + std::ptrdiff_t(moved_[at]));
    values.insert(values.end(), node.outputs.begin(), node.outputs.end());
    return values;
  }

  [[nodiscard]] std::int64_t elements(const std::string& value) const {
    return element_count(types_.find(value)->second.shape);
  }

  /// Whether node `at` takes a part of a float that need not be quantized as a whole.
  [[nodiscard]] bool takes_part_of_float(std::size_t at) const {
    const Node& node = graph_.nodes[at];
    return (node.op == "Slice" || node.op == "Gather") && !codes_behind_[at] && !whole_.contains(root(node.inputs[0]));
  }

  /// What `value` is moved from, as far as nothing is joined.
  [[nodiscard]] std::string root(const std::string& value) const {
    std::string from = value;
    for (auto at = index_.producer(from); at && moved_[*at] == 1; at = index_.producer(from))
      from = graph_.nodes[*at].inputs[0];
    return from;
  }

  /// Parts of a float are quantized one by one where that is less work than quantizing it once: they are fewer values
  /// than it has, and nobody reads codes of it all.
  void quantize_parts_or_whole() {
    for (bool changed = true; std::exchange(changed, false);) {
      std::map<std::string, std::int64_t> taken;
      for (const auto& value : parts_) taken[root(value)] += elements(value);
      for (const auto& [from, count] : taken) {
        const bool whole = points_.contains(from) || count >= elements(from);
        changed = (whole && whole_.insert(from).second) || changed;
      }
      for (const auto& value : std::exchange(parts_, {})) climb(value);
    }
  }

  /// ONNX Runtime computes these in float unless a QuantizeLinear follows.
  void require_result(std::size_t at) {
    const Node& node = graph_.nodes[at];
    if (!integer(at) || node.op == "Gemm" || node.op == "MatMul") return;
    const auto& result = graph_.nodes[fused_activation(graph_, index_, at).value_or(at)].outputs[0];
    if (!index_.is_output(result) && !ends_the_network(result)) require(result);
  }

  /// What only moves codes needs no float detour, also where float operators read it, unless the result is larger.
  void keep_as_codes(std::size_t at) {
    const Node& node = graph_.nodes[at];
    if (!moves(at) || node.op == "Concat" || !points_.contains(node.inputs[0]) || !codes_behind_[at]) return;
    std::int64_t size = 0;
    for (const auto& value : node.outputs) {
      if (index_.is_output(value) || ends_the_network(value)) return;
      size += elements(value);
    }
    if (size > elements(node.inputs[0])) return;
    for (const auto& value : node.outputs) require(value);
  }

  /// What moves floats has no reason yet: it was left to those behind it.
  void explain_moves() {
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) {
      NodePlace& here = placement_.nodes[at];
      if (here.place != Place::Float || !here.reason.empty()) continue;
      const auto& result = graph_.nodes[at].outputs[0];
      if (const auto pattern = patterns_.find(at); pattern != patterns_.end()) {
        here.reason = pattern->second.reason;
      } else if (index_.is_output(result) || ends_the_network(result)) {
        here.reason = "leads only to the network's output, which is not quantized";
      } else if (points_.contains(result)) {
        here.reason = "takes the lesser part of a float, so that quantizing what it takes is less work";
      } else {
        here.reason = "moves values that are read in float";
      }
    }
  }

  /// Whether all that follows `value` are moves, final functions, selections and outputs: its precision is the
  /// answer's.
  [[nodiscard]] bool ends_the_network(const std::string& result) const {
    constexpr std::array<std::string_view, 5> kFinal{"Softmax", "LogSoftmax", "Sigmoid", "ArgMax", "TopK"};
    std::vector<std::string> open{result};
    std::set<std::string> seen;
    while (!open.empty()) {
      const std::string value = open.back();
      open.pop_back();
      if (!seen.insert(value).second) continue;
      const auto& readers = index_.readers(value);
      if (readers.empty() && !index_.is_output(value)) return false;
      for (const std::size_t at : readers) {
        const Node& node = graph_.nodes[at];
        const auto pattern = patterns_.find(at);
        if (pattern != patterns_.end() && pattern->second.selects) continue;
        const bool final =
            moved_inputs(graph_, node) > 0 || std::find(kFinal.begin(), kFinal.end(), node.op) != kFinal.end();
        if (!final || placement_.nodes[at].place == Place::Passthrough) return false;
        for (const auto& output : graph_.nodes[at].outputs) {
          if (!output.empty()) open.push_back(output);
        }
      }
    }
    return true;
  }

  [[nodiscard]] ParameterClass parameter_class(std::vector<std::string> values) const {
    ParameterClass made{
        std::move(values), {}, {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()}};
    for (const auto& value : made.values) {
      const auto at = index_.producer(value);
      if (at && placement_.nodes[*at].place == Place::Passthrough) continue;
      made.sources.push_back(value);
      const Bounds bounds = at ? bounds_of(graph_, graph_.nodes[*at]) : Bounds{};
      made.bounds = {std::min(made.bounds.lo, bounds.lo), std::max(made.bounds.hi, bounds.hi)};
    }
    return made;
  }

  const Graph& graph_;
  const ValueTypes& types_;
  const PlacementOptions& options_;
  GraphIndex index_;
  std::map<std::size_t, FloatPattern> patterns_;
  std::set<std::string, std::less<>> masked_;
  std::vector<std::size_t> moved_{};  // inputs of each node that it moves; 0: it moves no codes
  std::vector<bool> codes_behind_{};  // of the nodes decided so far
  Points points_{};
  std::vector<std::string> parts_{};            // values with points behind nodes that take parts of floats
  std::set<std::string, std::less<>> whole_{};  // floats that are quantized before parts are taken
  Placement placement_{};
};

}  // namespace

Placement placed(const Graph& graph, const ValueTypes& types, const PlacementOptions& options) {
  return Placer(graph, types, options).result();
}

}  // namespace quantrail
