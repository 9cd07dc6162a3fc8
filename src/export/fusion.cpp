#include "export/fusion.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "model/codes.h"

namespace quantrail {
namespace {

bool has_weights(const Node& node) {
  return node.op == "Conv" || node.op == "ConvTranspose" || node.op == "Gemm" || node.op == "MatMul";
}

bool is_layer(const FusionSubject& subject, const Node& node) {
  return has_weights(node) || subject.quantization.layers.contains(node.name) ||
         subject.quantization.tables.contains(node.name);
}

/// Who reads a result unquantized.
struct Needs {
  std::vector<std::string> who{};  ///< "c2 (reverted)", "output y", ...
  bool only_reverted = true;       ///< nobody but layers that the iteration reverted
};

class Examiner {
 public:
  Examiner(const FusionSubject& subject, ExportProfile profile)
      : s_(subject),
        q_(subject.quantization),
        profile_(profile),
        index_(subject.graph),
        lowering_(lowered(subject.graph, index_, &q_, subject.reverted, subject.mode)) {
    for (const auto& group : q_.groups) {
      if (s_.reverted.count(group.name) != 0) reverted_.insert(group.members.begin(), group.members.end());
    }
    for (std::size_t at = 0; at < s_.graph.nodes.size(); ++at) {
      const auto activation = fused_activation(s_.graph, index_, at);
      if (activation && lowering_.nodes[at].integer) absorbed_.insert(*activation);
    }
  }

  std::vector<FloatOperator> found() {
    const std::set<std::string, std::less<>> unfused(lowering_.float_in_onnxruntime.begin(),
                                                     lowering_.float_in_onnxruntime.end());
    std::vector<FloatOperator> all;
    for (std::size_t at = 0; at < s_.graph.nodes.size(); ++at) {
      const Node& node = s_.graph.nodes[at];
      FloatOperator found{node.name, node.op, FloatRule::NotQuantized, {}, {}, is_layer(s_, node)};
      const bool is_float = lowering_.nodes[at].integer
                                ? profile_ == ExportProfile::OnnxRuntime && unfused.count(node.name) != 0
                                : absorbed_.count(at) == 0;
      if (!is_float || lowering_.nodes[at].table) continue;
      if (lowering_.nodes[at].integer) {
        explain_unfused(at, found);
      } else if (!explain_float(node, found)) {
        continue;
      }
      all.push_back(std::move(found));
    }
    return all;
  }

 private:
  bool explain_float(const Node& node, FloatOperator& found) const {
    if (reverted_.count(node.name) != 0) {
      found.rule = FloatRule::Reverted;
      found.reason = s_.mode == RevertMode::Full ? "returned to float by this iteration"
                                                 : "returned to float by this iteration, reads quantized inputs";
      return true;
    }
    constexpr const char* kExcluded = "excluded by the configuration";
    const auto reason = s_.reasons.find(node.name);
    if (q_.ignored.count(node.name) != 0) {
      found.rule = FloatRule::Excluded;
      found.reason = reason == s_.reasons.end() ? kExcluded : reason->second;
      if (found.reason == kExcluded) found.remedy = "take it out of ignored.scope";
      return true;
    }
    if (reason == s_.reasons.end()) return false;
    found.reason = reason->second;
    return true;
  }

  void explain_unfused(std::size_t at, FloatOperator& found) const {
    const auto activation = fused_activation(s_.graph, index_, at);
    const auto& result = s_.graph.nodes[activation.value_or(at)].outputs[0];
    if (lowering_.nodes[at].fused) {
      explain_clip(s_.graph.nodes[*activation], found);
      return;
    }
    const Needs needs = needs_of(result);
    const std::string who = joined(needs.who, ", ");
    const bool needed = q_.activations.count(result) != 0 && lowering_.raw.count(result) != 0;
    if (found.op == "Gemm" && activation) {
      found.rule = FloatRule::FusedInFloat;
      found.reason = fmt::format("fused in float with \"{}\" behind it, since nothing but floats follow: {}",
                                 s_.graph.nodes[*activation].name, who);
    } else if (needed) {
      found.rule = FloatRule::NeededInFloat;
      found.reason = "its result is also needed unquantized, by " + who;
    } else {
      found.rule = FloatRule::NothingQuantizedBehind;
      found.reason = fmt::format("no QuantizeLinear behind it, since its result goes unquantized to {}", who);
    }
    if (needs.only_reverted && s_.mode == RevertMode::Full)
      found.remedy = "\"revert_mode\": \"compute\" lets reverted layers read quantized inputs";
  }

  void explain_clip(const Node& clip, FloatOperator& found) const {
    const Bounds bounds = bounds_of(s_.graph, clip);
    const ActivationParams params = q_.activations.find(clip.outputs[0])->second;
    found.rule = FloatRule::ClipNotCovered;
    found.reason = fmt::format("\"{}\" behind it limits to [{:.6g}, {:.6g}], codes hold [{:.6g}, {:.6g}]", clip.name,
                               bounds.lo, bounds.hi, activation_real(0, params), activation_real(255, params));
    found.remedy = "a range of its result that ends at these limits";
  }

  /// Follows moves of floats to those who need them.
  [[nodiscard]] Needs needs_of(const std::string& result) const {
    Needs needs;
    std::vector<std::string> open{result};
    std::set<std::string> seen;
    while (!open.empty()) {
      const std::string value = open.back();
      open.pop_back();
      if (!seen.insert(value).second) continue;
      if (index_.is_output(value)) {
        needs.who.push_back(fmt::format("the network's output \"{}\"", value));
        needs.only_reverted = false;
      }
      for (const std::size_t at : index_.readers(value)) {
        const Node& reader = s_.graph.nodes[at];
        if (!reads_float(at, value)) continue;
        if (q_.passthrough.count(reader.name) != 0) {
          open.insert(open.end(), reader.outputs.begin(), reader.outputs.end());
          continue;
        }
        const bool reverted = reverted_.count(reader.name) != 0;
        needs.who.push_back(fmt::format("\"{}\" ({})", reader.name, reverted ? "reverted" : reader.op));
        needs.only_reverted = needs.only_reverted && reverted;
      }
    }
    return needs;
  }

  [[nodiscard]] bool reads_float(std::size_t at, const std::string& value) const {
    const auto& inputs = s_.graph.nodes[at].inputs;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i] == value && lowering_.nodes[at].reads[i] == Read::Float) return true;
    }
    return false;
  }

  const FusionSubject& s_;
  const Quantization& q_;
  ExportProfile profile_;
  GraphIndex index_;
  Lowering lowering_;
  std::set<std::string, std::less<>> reverted_{};  // node names
  std::set<std::size_t> absorbed_{};               // activations that are computed with an integer layer
};

}  // namespace

std::string_view name_of(FloatRule rule) {
  switch (rule) {
    case FloatRule::Reverted: return "reverted";
    case FloatRule::Excluded: return "excluded";
    case FloatRule::NeededInFloat: return "needed_in_float";
    case FloatRule::NothingQuantizedBehind: return "nothing_quantized_behind";
    case FloatRule::FusedInFloat: return "fused_in_float";
    case FloatRule::ClipNotCovered: return "clip_not_covered";
    case FloatRule::NotQuantized: return "not_quantized";
  }
  return "?";
}

std::vector<FloatOperator> float_operators(const FusionSubject& subject, ExportProfile profile) {
  return Examiner(subject, profile).found();
}

std::size_t layer_count(const FusionSubject& subject) {
  return static_cast<std::size_t>(std::count_if(subject.graph.nodes.begin(), subject.graph.nodes.end(),
                                                [&](const Node& node) { return is_layer(subject, node); }));
}

}  // namespace quantrail
