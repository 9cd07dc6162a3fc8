#include "runtime/plan.h"

#include <algorithm>
#include <cassert>

#include "runtime/compile.h"
#include "runtime/one_thread.h"

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

Result<std::shared_ptr<const Plan>> Plan::build(const Graph& graph, const PlanOptions& options, std::int64_t batch,
                                                PlanCache& cache) {
  return CompiledPlan::compiled(graph, options, batch, cache, {runtime_info().int8_exact});
}

struct PlanState::Impl {
  explicit Impl(std::shared_ptr<const CompiledPlan> compiled)
      : plan(std::move(compiled)), arena(plan->layout().bytes), at(bindings(*plan, arena.data())) {
    for (const auto& step : plan->program().steps) actions.push_back(step.bind(at));
  }

  std::shared_ptr<const CompiledPlan> plan;
  AlignedBytes arena;
  Bindings at;
  std::vector<Action> actions{};
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
  const OneThread one_thread;
  for (const auto& action : impl_->actions) {
    if (auto done = action(); !done) return done;
  }
  return {};
}

std::span<const std::byte> PlanState::output(std::size_t index) const {
  return impl_->at.source<std::byte>(impl_->plan->output(index));
}

TapView PlanState::tap(std::size_t index) const {
  const auto& value = impl_->plan->tap(index);
  return {impl_->at.source<float>(value.storage), value.info.shape, value.channels_last};
}

}  // namespace quantrail
