#include "runtime/plan.h"

#include <algorithm>
#include <cassert>

#include "base/text.h"
#include "runtime/compile.h"
#include "runtime/thread_limit.h"

namespace quantrail {
namespace {

Bindings bindings(const CompiledPlan& plan, std::byte* arena) {
  const auto& storages = plan.program().storages;
  std::vector<std::byte*> addresses;
  std::vector<std::size_t> sizes;
  for (StorageId id = 0; id < storages.size(); ++id) {
    // Constants are never among the storages that a step writes.
    auto* constant = const_cast<std::byte*>(storages[id].constant.get());  // NOLINT
    addresses.push_back(constant != nullptr ? constant : arena + plan.layout().offsets[id]);
    sizes.push_back(storages[id].bytes);
  }
  return {std::move(addresses), std::move(sizes), arena + plan.layout().scratch};
}

}  // namespace

Result<std::shared_ptr<const Plan>> Plan::build(const Graph& graph, const PlanOptions& options,
                                                const InputShapes& shapes, PlanCache& cache) {
  return CompiledPlan::compiled(graph, options, shapes, cache, {runtime_info().int8_exact});
}

Result<std::shared_ptr<const Plan>> Plan::build(const Graph& graph, const PlanOptions& options, std::int64_t batch,
                                                PlanCache& cache) {
  const auto shapes = input_shapes(graph, batch);
  if (!shapes) return failed(shapes);
  return build(graph, options, *shapes, cache);
}

struct PlanState::Impl {
  explicit Impl(std::shared_ptr<const CompiledPlan> compiled)
      : plan(std::move(compiled)), arena(plan->layout().bytes), at(bindings(*plan, arena.data())) {
    for (const auto& step : plan->program().steps) actions.push_back(step.bind(at));
    if (plan->late()) late.emplace(plan->late(), at);
  }

  /// Null for an output that a step leaves.
  [[nodiscard]] const Tensor* late_output(std::size_t index) const {
    const auto& place = plan->output(index).late;
    return place ? &late->output(*place) : nullptr;
  }

  std::shared_ptr<const CompiledPlan> plan;
  AlignedBytes arena;
  Bindings at;
  std::vector<Action> actions{};
  std::optional<LateRun> late{};
};

PlanState::PlanState(std::shared_ptr<const Plan> plan)
    : impl_(std::make_unique<Impl>(std::dynamic_pointer_cast<const CompiledPlan>(std::move(plan)))) {}
PlanState::~PlanState() = default;
PlanState::PlanState(PlanState&&) noexcept = default;
PlanState& PlanState::operator=(PlanState&&) noexcept = default;

std::span<std::byte> PlanState::input(std::size_t index) {
  return impl_->at.target<std::byte>(impl_->plan->input(index));
}

Status PlanState::run() {
  return run([](std::size_t, const TapView&) {});
}

Status PlanState::run(const TapSeen& seen) {
  const ThreadLimit limit(impl_->plan->threads());
  const auto& taps_after = impl_->plan->taps_after();
  const auto show = [&](std::size_t steps) {
    for (const std::size_t index : taps_after[steps]) seen(index, tap(index));
  };
  show(0);
  for (std::size_t at = 0; at < impl_->actions.size(); ++at) {
    if (auto done = impl_->actions[at](); !done) return done;
    show(at + 1);
  }
  return impl_->late ? run_late() : Status{};
}

Status PlanState::run_late() {
  if (auto done = impl_->late->run(); !done) return done;
  const auto declared = impl_->plan->outputs();
  for (std::size_t at = 0; at < declared.size(); ++at) {
    const Tensor* value = impl_->late_output(at);
    if (value == nullptr || value->type == declared[at].type) continue;
    return fail(Cause::InvalidInput, "output \"{}\" is declared {}, but is {}", printable(declared[at].name),
                name_of(declared[at].type), name_of(value->type));
  }
  return {};
}

std::span<const std::byte> PlanState::output(std::size_t index) const {
  if (const Tensor* value = impl_->late_output(index)) return value->bytes;
  return impl_->at.source<std::byte>(impl_->plan->output(index).storage);
}

const Shape& PlanState::output_shape(std::size_t index) const {
  if (const Tensor* value = impl_->late_output(index)) return value->shape;
  return impl_->plan->outputs()[index].shape;
}

TapView PlanState::tap(std::size_t index) const {
  const auto& value = impl_->plan->tap(index);
  return {impl_->at.source<float>(value.storage), value.info.shape, value.channels_last};
}

}  // namespace quantrail
