#include "base/text.h"
#include "model/operand_checks.h"
#include "model/shape_math.h"
#include "model/shape_rules.h"

namespace quantrail {
namespace {

Result<Types> same(const NodeView& view) { return Types{view.type(0)}; }

Result<Types> same_float(const NodeView& view) {
  if (!is_float(view.type(0).type)) {
    return fail(Cause::InvalidInput, "needs floats, not {}", name_of(view.type(0).type));
  }
  return Types{view.type(0)};
}

Result<Types> same_number(const NodeView& view) {
  if (view.type(0).type == ElementType::Bool) return fail(Cause::InvalidInput, "needs numbers, not bool");
  return Types{view.type(0)};
}

/// The common shape of inputs [first, inputs()), which must have one element type.
Result<TensorType> common(const NodeView& view, std::size_t first) {
  TensorType type = view.type(first);
  for (std::size_t input = first + 1; input < view.inputs(); ++input) {
    if (!view.has(input)) return fail(Cause::InvalidInput, "input {} is missing", input);
    if (view.type(input).type != type.type) {
      return fail(Cause::InvalidInput, "mixes {} and {}", name_of(type.type), name_of(view.type(input).type));
    }
    auto shape = broadcast(type.shape, view.shape(input));
    if (!shape) return failed(shape);
    type.shape = std::move(*shape);
  }
  return type;
}

Result<Types> arithmetic(const NodeView& view) {
  const auto type = common(view, 0);
  if (!type) return failed(type);
  if (type->type == ElementType::Bool) return fail(Cause::InvalidInput, "needs numbers, not bool");
  return Types{*type};
}

Result<Types> power(const NodeView& view) {
  auto shape = broadcast(view.shape(0), view.shape(1));
  if (!shape) return failed(shape);
  return Types{{view.type(0).type, std::move(*shape)}};
}

Result<Types> comparison(const NodeView& view) {
  auto type = common(view, 0);
  if (!type) return failed(type);
  return Types{{ElementType::Bool, std::move(type->shape)}};
}

Result<Types> logic(const NodeView& view) {
  auto type = common(view, 0);
  if (!type) return failed(type);
  if (type->type != ElementType::Bool) return fail(Cause::InvalidInput, "needs bools, not {}", name_of(type->type));
  return Types{std::move(*type)};
}

Result<Types> bitwise(const NodeView& view) {
  auto type = common(view, 0);
  if (!type) return failed(type);
  if (is_float(type->type) || type->type == ElementType::Bool)
    return fail(Cause::InvalidInput, "needs integers, not {}", name_of(type->type));
  return Types{std::move(*type)};
}

Result<Types> bit_shift(const NodeView& view) {
  const std::string direction = string_attribute(view.node(), "direction", "");
  if (direction != "LEFT" && direction != "RIGHT")
    return fail(Cause::InvalidInput, "direction '{}' is neither LEFT nor RIGHT", printable(direction));
  switch (view.type(0).type) {
    case ElementType::Uint8:
    case ElementType::Uint16:
    case ElementType::Uint32:
    case ElementType::Uint64: return bitwise(view);
    default: return fail(Cause::InvalidInput, "needs unsigned integers, not {}", name_of(view.type(0).type));
  }
}

Result<Types> float_test(const NodeView& view) {
  if (!is_float(view.type(0).type))
    return fail(Cause::InvalidInput, "needs floats, not {}", name_of(view.type(0).type));
  return Types{{ElementType::Bool, view.shape(0)}};
}

Result<Types> where(const NodeView& view) {
  if (view.type(0).type != ElementType::Bool) return fail(Cause::InvalidInput, "its condition must be bool");
  auto type = common(view, 1);
  if (!type) return failed(type);
  auto shape = broadcast(view.shape(0), type->shape);
  if (!shape) return failed(shape);
  return Types{{type->type, std::move(*shape)}};
}

Result<Types> prelu(const NodeView& view) {
  if (auto ok = check_one_type(view); !ok) return failed(ok);
  const auto shape = broadcast(view.shape(0), view.shape(1));
  if (!shape) return failed(shape);
  if (*shape != view.shape(0))
    return fail(Cause::InvalidInput, "slopes of shape {} for {}", shape_text(view.shape(1)), shape_text(view.shape(0)));
  return same_number(view);
}

Result<Types> clip(const NodeView& view) {
  for (std::size_t bound = 1; bound < 3; ++bound) {
    if (view.has(bound) && (checked_count(view.shape(bound)) != 1 || view.type(bound).type != view.type(0).type)) {
      return fail(Cause::InvalidInput, "its bounds must be single values of its own type");
    }
  }
  return same_number(view);
}

Result<Types> cast(const NodeView& view) {
  const auto type = element_type_numbered(view.integer("to", 0));
  if (!type) return failed(type);
  return Types{{*type, view.shape(0)}};
}

Result<Types> layer_normalization(const NodeView& view) {
  const auto axis = normal_axis(view.integer("axis", -1), view.rank(0));
  if (!axis) return failed(axis);
  const Shape& x = view.shape(0);
  for (std::size_t input = 1; input < view.inputs(); ++input) {
    if (!view.has(input)) continue;
    const Shape inner(x.begin() + static_cast<std::ptrdiff_t>(*axis), x.end());
    const auto shape = broadcast(view.shape(input), inner);
    if (!shape) return failed(shape);
    if (*shape != inner || view.type(input).type != view.type(0).type)
      return fail(Cause::InvalidInput, "input {} ({} {}) does not fit what is normalised ({} {})", input,
                  name_of(view.type(input).type), shape_text(view.shape(input)), name_of(view.type(0).type),
                  shape_text(inner));
  }
  Shape statistics = x;
  std::fill(statistics.begin() + static_cast<std::ptrdiff_t>(*axis), statistics.end(), 1);
  return Types{view.type(0), {ElementType::Float32, statistics}, {ElementType::Float32, statistics}};
}

Result<Types> cast_like(const NodeView& view) { return Types{{view.type(1).type, view.shape(0)}}; }

}  // namespace

void add_elementwise_rules(ShapeRules& rules) {
  for (const auto op : {"Sigmoid",
                        "HardSigmoid",
                        "HardSwish",
                        "Tanh",
                        "Erf",
                        "Gelu",
                        "Elu",
                        "Selu",
                        "Celu",
                        "Exp",
                        "Log",
                        "Sqrt",
                        "Floor",
                        "Ceil",
                        "Round",
                        "Softplus",
                        "Mish",
                        "Softsign",
                        "Reciprocal",
                        "LeakyRelu",
                        "Sin",
                        "Cos",
                        "Tan",
                        "Asin",
                        "Acos",
                        "Atan",
                        "Sinh",
                        "Cosh",
                        "Asinh",
                        "Acosh",
                        "Atanh",
                        "LRN",
                        "ThresholdedRelu",
                        "LpNormalization",
                        "MeanVarianceNormalization"}) {
    rules[op] = {same_float, 1, 1};
  }
  for (const auto op : {"Relu", "Neg", "Abs", "Sign", "Shrink"}) rules[op] = {same_number, 1, 1};
  for (const auto op : {"Add", "Sub", "Mul", "Div", "Mod"}) rules[op] = {arithmetic, 2, 2};
  for (const auto op : {"Min", "Max", "Sum", "Mean"}) rules[op] = {arithmetic, 1, kAnyNumber};
  for (const auto op : {"Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"}) rules[op] = {comparison, 2, 2};
  for (const auto op : {"And", "Or", "Xor"}) rules[op] = {logic, 2, 2};
  for (const auto op : {"BitwiseAnd", "BitwiseOr", "BitwiseXor"}) rules[op] = {bitwise, 2, 2};
  for (const auto op : {"IsNaN", "IsInf"}) rules[op] = {float_test, 1, 1};
  rules["BitwiseNot"] = {bitwise, 1, 1};
  rules["BitShift"] = {bit_shift, 2, 2};
  rules["CastLike"] = {cast_like, 2, 2};
  rules["Not"] = {logic, 1, 1};
  rules["Identity"] = {same, 1, 1};
  rules["Pow"] = {power, 2, 2};
  rules["Where"] = {where, 3, 3};
  rules["PRelu"] = {prelu, 2, 2};
  rules["Clip"] = {clip, 1, 3};
  rules["Cast"] = {cast, 1, 1};
  rules["LayerNormalization"] = {layer_normalization, 2, 3};
}

}  // namespace quantrail
