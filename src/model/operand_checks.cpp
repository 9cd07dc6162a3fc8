#include "model/operand_checks.h"

#include "model/shape_math.h"

namespace quantrail {

Status check_one_type(const NodeView& view, std::size_t first) {
  for (std::size_t input = first; input < view.inputs(); ++input) {
    if (view.has(input) && view.type(input).type != view.type(0).type) {
      return fail(Cause::InvalidInput, "input {} is of {} where input 0 is of {}", input,
                  name_of(view.type(input).type), name_of(view.type(0).type));
    }
  }
  return {};
}

Status check_floats(const NodeView& view, std::size_t input) {
  if (is_float(view.type(input).type)) return {};
  return fail(Cause::InvalidInput, "input {} must be floats, not {}", input, name_of(view.type(input).type));
}

Status check_shape(const NodeView& view, std::size_t input, const Shape& shape, std::string_view what) {
  if (!view.has(input) || view.shape(input) == shape) return {};
  return fail(Cause::InvalidInput, "{} (input {}) has shape {} instead of {}", what, input,
              shape_text(view.shape(input)), shape_text(shape));
}

Status check_codes(const NodeView& view, std::size_t input) {
  if (!view.has(input)) return {};
  const auto type = view.type(input).type;
  if (type == ElementType::Int8 || type == ElementType::Uint8) return {};
  return fail(Cause::InvalidInput, "input {} must be int8 or uint8, not {}", input, name_of(type));
}

Status check_single(const NodeView& view, std::size_t input, std::string_view what) {
  if (!view.has(input) || checked_count(view.shape(input)) == 1) return {};
  return fail(Cause::InvalidInput, "{} (input {}) must be one value, not of shape {}", what, input,
              shape_text(view.shape(input)));
}

Status check_spatial(const NodeView& view) {
  if (view.rank(0) >= 3) return {};
  return fail(Cause::InvalidInput, "an input of shape {} has no spatial axes", shape_text(view.shape(0)));
}

}  // namespace quantrail
