#include "model/shape_math.h"
#include "model/shape_rules.h"

namespace quantrail {
namespace {

/// The attribute "dtype", or what the operator has without it.
Result<ElementType> drawn_type(const NodeView& view, ElementType otherwise) {
  if (!view.node().attributes.contains("dtype")) return otherwise;
  return element_type_numbered(view.integer("dtype", 0));
}

Result<Types> drawn(const NodeView& view, ElementType otherwise, Shape shape, bool floats_only) {
  const auto type = drawn_type(view, otherwise);
  if (!type) return failed(type);
  if (floats_only && !is_float(*type)) return fail(Cause::InvalidInput, "draws floats, not {}", name_of(*type));
  return Types{{*type, std::move(shape)}};
}

Result<Types> random(const NodeView& view) { return drawn(view, ElementType::Float32, view.ints("shape"), true); }

Result<Types> random_like(const NodeView& view) { return drawn(view, view.type(0).type, view.shape(0), true); }

Result<Types> bernoulli(const NodeView& view) {
  if (!is_float(view.type(0).type))
    return fail(Cause::InvalidInput, "needs probabilities, not {}", name_of(view.type(0).type));
  return drawn(view, view.type(0).type, view.shape(0), false);
}

Result<Types> dropout(const NodeView& view) {
  if (!is_float(view.type(0).type))
    return fail(Cause::InvalidInput, "needs floats, not {}", name_of(view.type(0).type));
  if (view.has(1) && !is_float(view.type(1).type)) return fail(Cause::InvalidInput, "its ratio must be a float");
  if (view.has(2) && view.type(2).type != ElementType::Bool)
    return fail(Cause::InvalidInput, "its training mode must be a bool");
  return Types{view.type(0), {ElementType::Bool, view.shape(0)}};
}

}  // namespace

void add_random_rules(ShapeRules& rules) {
  for (const auto op : {"RandomNormal", "RandomUniform"}) rules[op] = {random, 0, 0};
  for (const auto op : {"RandomNormalLike", "RandomUniformLike"}) rules[op] = {random_like, 1, 1};
  rules["Bernoulli"] = {bernoulli, 1, 1};
  rules["Dropout"] = {dropout, 1, 3};
}

}  // namespace quantrail
