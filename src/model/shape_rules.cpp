#include "model/shape_rules.h"

#include <array>

#include "base/text.h"
#include "model/shape_math.h"

namespace quantrail {
namespace {

const ShapeRules& all_rules() {
  static const ShapeRules kRules = [] {
    ShapeRules rules;
    add_window_rules(rules);
    add_matrix_rules(rules);
    add_normalisation_rules(rules);
    add_quantize_rules(rules);
    add_resize_rules(rules);
    add_sampling_rules(rules);
    add_recurrent_rules(rules);
    add_elementwise_rules(rules);
    add_movement_rules(rules);
    add_reshape_rules(rules);
    add_reduction_rules(rules);
    add_indexing_rules(rules);
    add_signal_rules(rules);
    add_random_rules(rules);
    add_loss_rules(rules);
    add_image_rules(rules);
    add_spatial_rules(rules);
    return rules;
  }();
  return kRules;
}

Status check_inputs(const Node& node, const ShapeRule& rule) {
  if (node.inputs.size() > rule.most_inputs) {
    return fail(Cause::InvalidInput, "has {} inputs, at most {} are allowed", node.inputs.size(), rule.most_inputs);
  }
  for (std::size_t input = 0; input < rule.least_inputs; ++input) {
    if (input >= node.inputs.size() || node.inputs[input].empty()) {
      return fail(Cause::InvalidInput, "input {} is missing", input);
    }
  }
  return {};
}

Result<Types> checked_types(const NodeView& view, const ShapeRule& rule) {
  if (auto ok = check_inputs(view.node(), rule); !ok) return failed(ok);
  auto types = rule.types(view);
  if (!types) return types;
  if (view.node().outputs.size() > types->size()) {
    return fail(Cause::Unsupported, "has {} outputs, at most {} are supported", view.node().outputs.size(),
                types->size());
  }
  for (const auto& type : *types) {
    if (!checked_bytes(type.type, type.shape)) {
      return fail(Cause::InvalidInput, "its output would have the impossible shape {}", shape_text(type.shape));
    }
  }
  return types;
}

}  // namespace

Result<const Tensor*> NodeView::value(std::size_t input, std::string_view what) const {
  if (!has(input)) return fail(Cause::InvalidInput, "{} (input {}) is missing", what, input);
  const Tensor* known = constant(input);
  if (known != nullptr) return known;
  waits_for_data_ = true;
  return fail(Cause::Unsupported, "{} ('{}') is computed from data, which is not supported here", what,
              printable(node_.inputs[input]));
}

Result<std::vector<std::int64_t>> NodeView::integers(std::size_t input, std::string_view what) const {
  if (!has(input)) return fail(Cause::InvalidInput, "{} (input {}) is missing", what, input);
  const auto element = type(input).type;
  if (element != ElementType::Int64 && element != ElementType::Int32) {
    return fail(Cause::InvalidInput, "{} (input {}) must be integers, not {}", what, input, name_of(element));
  }
  if (rank(input) > 1) return fail(Cause::InvalidInput, "{} (input {}) must be a list", what, input);
  const auto known = value(input, what);
  if (!known) return failed(known);
  return integers_of(**known);
}

Result<ElementType> element_type_numbered(std::int64_t number) {
  constexpr std::array<std::pair<std::int64_t, ElementType>, 13> kTypes{{{1, ElementType::Float32},
                                                                         {2, ElementType::Uint8},
                                                                         {3, ElementType::Int8},
                                                                         {4, ElementType::Uint16},
                                                                         {5, ElementType::Int16},
                                                                         {6, ElementType::Int32},
                                                                         {7, ElementType::Int64},
                                                                         {9, ElementType::Bool},
                                                                         {10, ElementType::Float16},
                                                                         {11, ElementType::Float64},
                                                                         {12, ElementType::Uint32},
                                                                         {13, ElementType::Uint64},
                                                                         {16, ElementType::BFloat16}}};
  for (const auto& [known, type] : kTypes) {
    if (known == number) return type;
  }
  constexpr std::array<std::pair<std::int64_t, std::string_view>, 10> kOthers{{{8, "string"},
                                                                               {14, "complex64"},
                                                                               {15, "complex128"},
                                                                               {17, "float8e4m3fn"},
                                                                               {18, "float8e4m3fnuz"},
                                                                               {19, "float8e5m2"},
                                                                               {20, "float8e5m2fnuz"},
                                                                               {21, "uint4"},
                                                                               {22, "int4"},
                                                                               {23, "float4e2m1"}}};
  for (const auto& [known, name] : kOthers) {
    if (known == number) return fail(Cause::Unsupported, "elements of type {} are not supported", name);
  }
  return fail(Cause::Unsupported, "element type number {} is not supported", number);
}

Status check_arity(const Node& node, std::int64_t opset) {
  const auto found = all_rules().find(node.op);
  if (found == all_rules().end()) return {};
  if (auto ok = check_inputs(node, found->second); !ok) return failed(ok, described(node, opset));
  return {};
}

bool has_shape_rule(const std::string& op) { return all_rules().contains(op); }

Result<Types> output_types(const NodeView& view) {
  const std::string context = described(view.node(), view.opset());
  const auto found = all_rules().find(view.node().op);
  if (found == all_rules().end()) return fail(Cause::Unsupported, "{}: this operator is not supported", context);
  auto types = checked_types(view, found->second);
  if (!types) return failed(types, context);
  return types;
}

}  // namespace quantrail
