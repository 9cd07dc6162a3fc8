#include "model/operand_checks.h"
#include "model/shape_math.h"

namespace quantrail {
namespace {

Status check_channels(const NodeView& view) {
  if (view.rank(0) < 2)
    return fail(Cause::InvalidInput, "an input of shape {} has no channels", shape_text(view.shape(0)));
  return check_floats(view, 0);
}

Result<Types> batch_normalization(const NodeView& view) {
  if (auto ok = check_channels(view); !ok) return failed(ok);
  for (std::size_t input = 1; input < 5; ++input) {
    if (auto ok = check_floats(view, input); !ok) return failed(ok);
    if (auto ok = check_shape(view, input, {view.shape(0)[1]}, "one value per channel"); !ok) return failed(ok);
  }
  // In training mode the running mean and variance come out, too.
  if (view.integer("training_mode", 0) != 0) return Types{view.type(0), view.type(3), view.type(4)};
  return Types{view.type(0)};
}

Result<Types> instance_normalization(const NodeView& view) {
  if (auto ok = check_channels(view); !ok) return failed(ok);
  if (auto ok = check_one_type(view); !ok) return failed(ok);
  for (std::size_t input = 1; input < 3; ++input)
    if (auto ok = check_shape(view, input, {view.shape(0)[1]}, "one value per channel"); !ok) return failed(ok);
  return Types{view.type(0)};
}

/// Until opset 20 scale and bias are given per group, from opset 21 on per channel.
Result<Types> group_normalization(const NodeView& view) {
  if (auto ok = check_channels(view); !ok) return failed(ok);
  if (auto ok = check_one_type(view); !ok) return failed(ok);
  const auto channels = view.shape(0)[1];
  const auto groups = view.integer("num_groups", 0);
  if (groups < 1 || channels % groups != 0)
    return fail(Cause::InvalidInput, "{} channels in {} groups", channels, groups);
  for (std::size_t input = 1; input < 3; ++input) {
    const auto count = view.opset() < 21 ? groups : channels;
    if (auto ok = check_shape(view, input, {count}, "its scale or bias"); !ok) return failed(ok);
  }
  return Types{view.type(0)};
}

}  // namespace

void add_normalisation_rules(ShapeRules& rules) {
  rules["BatchNormalization"] = {batch_normalization, 5, 5};
  rules["InstanceNormalization"] = {instance_normalization, 3, 3};
  rules["GroupNormalization"] = {group_normalization, 3, 3};
}

}  // namespace quantrail
