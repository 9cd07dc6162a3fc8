#include "model/recurrence.h"

namespace quantrail {
namespace {

Result<Types> recurrent(const NodeView& view) {
  const auto r = recurrence_of(view);
  if (!r) return failed(r);
  const auto directions = r->directions();
  const auto type = view.type(0).type;
  const Shape all = r->batch_first ? Shape{r->batch, r->steps, directions, r->hidden}
                                   : Shape{r->steps, directions, r->batch, r->hidden};
  const Shape last = r->batch_first ? Shape{r->batch, directions, r->hidden} : Shape{directions, r->batch, r->hidden};
  if (view.node().op == "LSTM") return Types{{type, all}, {type, last}, {type, last}};
  return Types{{type, all}, {type, last}};
}

}  // namespace

void add_recurrent_rules(ShapeRules& rules) {
  rules["LSTM"] = {recurrent, 3, 8};
  rules["GRU"] = {recurrent, 3, 6};
  rules["RNN"] = {recurrent, 3, 6};
}

}  // namespace quantrail
