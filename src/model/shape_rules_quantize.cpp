#include "model/operand_checks.h"
#include "model/quantization_layout.h"
#include "model/shape_math.h"

namespace quantrail {
namespace {

bool code_type(ElementType type) {
  return type == ElementType::Uint8 || type == ElementType::Int8 || type == ElementType::Uint16 ||
         type == ElementType::Int16;
}

Result<ElementType> wanted_codes(const NodeView& view) {
  const auto number = view.integer("output_dtype", 0);
  if (number == 0) return view.has(2) ? view.type(2).type : ElementType::Uint8;
  const auto type = element_type_numbered(number);
  if (type && view.has(2) && view.type(2).type != *type) {
    return fail(Cause::InvalidInput, "output_dtype asks for {}, the zero point is of {}", name_of(*type),
                name_of(view.type(2).type));
  }
  return type;
}

Result<Types> quantize(const NodeView& view) {
  if (auto layout = quantization_layout(view); !layout) return failed(layout);
  const auto from = view.type(0).type;
  if (!is_float(from) && from != ElementType::Int32)
    return fail(Cause::Unsupported, "quantizing {} is not supported", name_of(from));
  const auto type = wanted_codes(view);
  if (!type) return failed(type);
  if (!code_type(*type)) return fail(Cause::Unsupported, "codes of type {} are not supported", name_of(*type));
  return Types{{*type, view.shape(0)}};
}

Result<Types> dequantize(const NodeView& view) {
  if (auto layout = quantization_layout(view); !layout) return failed(layout);
  const auto codes = view.type(0).type;
  if (!code_type(codes) && codes != ElementType::Int32)
    return fail(Cause::Unsupported, "codes of type {} are not supported", name_of(codes));
  if (view.has(2) && view.type(2).type != codes)
    return fail(Cause::InvalidInput, "codes and zero point differ in type");
  return Types{{view.type(1).type, view.shape(0)}};
}

Result<Types> dynamic_quantize(const NodeView& view) {
  if (view.type(0).type != ElementType::Float32)
    return fail(Cause::InvalidInput, "needs float32, not {}", name_of(view.type(0).type));
  return Types{{ElementType::Uint8, view.shape(0)}, {ElementType::Float32, {}}, {ElementType::Uint8, {}}};
}

/// One block more or less would not match the axis.
Result<QuantizationLayout> blocked_layout(const NodeView& view, std::size_t axis, std::int64_t block) {
  Shape scales = view.shape(0);
  scales[axis] = (scales[axis] + block - 1) / block;
  if (auto ok = check_shape(view, 1, scales, "its scales per block"); !ok) return failed(ok);
  const Shape& shape = view.shape(0);
  const auto inner = element_count({shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, shape.end()});
  return QuantizationLayout{inner, shape[axis], block};
}

}  // namespace

Result<QuantizationLayout> quantization_layout(const NodeView& view) {
  if (auto ok = check_floats(view, 1); !ok) return failed(ok);
  const bool single = view.rank(1) <= 1 && checked_count(view.shape(1)) == 1;
  if (single) {
    if (auto ok = check_single(view, 2, "its zero point"); !ok) return failed(ok);
  } else if (auto ok = check_shape(view, 2, view.shape(1), "its zero point"); !ok) {
    return failed(ok);
  }
  const auto block = view.integer("block_size", 0);
  if (block < 0) return fail(Cause::InvalidInput, "block_size is {}", block);
  if (single && block == 0) return QuantizationLayout{};
  const auto axis = normal_axis(view.integer("axis", 1), view.rank(0));
  if (!axis) return failed(axis);
  const Shape& shape = view.shape(0);
  if (block > 0) return blocked_layout(view, *axis, std::min(block, std::max<std::int64_t>(shape[*axis], 1)));
  if (view.shape(1) != Shape{shape[*axis]}) {
    return fail(Cause::InvalidInput, "scales of shape {} along axis {} of {}", shape_text(view.shape(1)), *axis,
                shape_text(shape));
  }
  const auto inner = element_count({shape.begin() + static_cast<std::ptrdiff_t>(*axis) + 1, shape.end()});
  return QuantizationLayout{inner, shape[*axis], 0};
}

void add_quantize_rules(ShapeRules& rules) {
  rules["QuantizeLinear"] = {quantize, 2, 3};
  rules["DequantizeLinear"] = {dequantize, 2, 3};
  rules["DynamicQuantizeLinear"] = {dynamic_quantize, 1, 1};
}

}  // namespace quantrail
