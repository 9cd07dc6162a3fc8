#include "app/computable.h"

#include "model/infer.h"
#include "model/probe.h"
#include "runtime/plan.h"

namespace quantrail::app {

Status computable(const Graph& graph) {
  const std::int64_t batch = fixed_batch(graph).value_or(1);
  auto shapes = input_shapes(graph, batch);
  if (!shapes) {
    auto assumed = fitting_shapes(graph, batch);
    if (!assumed) return failed(shapes);
    shapes = std::move(*assumed);
  }
  if (const auto types = specialised(graph, *shapes); !types) return failed(types);
  PlanCache cache;
  const auto plan = Plan::build(graph, {}, *shapes, cache);
  return plan ? Status() : failed(plan);
}

}  // namespace quantrail::app
