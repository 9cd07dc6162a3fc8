#include "base/text.h"
#include "model/shape_math.h"
#include "model/shape_rules.h"

namespace quantrail {
namespace {

Status check_loss(const NodeView& view) {
  const Shape& scores = view.shape(0);
  Shape targets = scores;
  if (targets.size() >= 2) targets.erase(targets.begin() + 1);
  const auto index = view.type(1).type;
  if (scores.size() < 2 || view.shape(1) != targets || (index != ElementType::Int32 && index != ElementType::Int64))
    return fail(Cause::InvalidInput, "targets {} {} for scores {}", name_of(index), shape_text(view.shape(1)),
                shape_text(scores));
  if (!is_float(view.type(0).type))
    return fail(Cause::InvalidInput, "needs floats, not {}", name_of(view.type(0).type));
  if (view.has(2) && (view.shape(2) != Shape{scores[1]} || view.type(2).type != view.type(0).type))
    return fail(Cause::InvalidInput, "weights {} {} for {} classes", name_of(view.type(2).type),
                shape_text(view.shape(2)), scores[1]);
  return {};
}

Result<Types> loss(const NodeView& view) {
  if (auto ok = check_loss(view); !ok) return failed(ok);
  const std::string how = string_attribute(view.node(), "reduction", "mean");
  if (how != "none" && how != "sum" && how != "mean")
    return fail(Cause::InvalidInput, "reduction '{}' is none of none, sum, mean", printable(how));
  return Types{{view.type(0).type, how == "none" ? view.shape(1) : Shape{}}, view.type(0)};
}

}  // namespace

void add_loss_rules(ShapeRules& rules) {
  for (const auto op : {"NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss"}) rules[op] = {loss, 2, 3};
}

}  // namespace quantrail
