#include "runtime/plan.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "base/text.h"
#include "runtime/compile.h"
#include "runtime/plan_state.h"
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

std::vector<PlanPart> all_steps(const CompiledPlan& plan) {
  std::vector<PlanPart> parts;
  for (std::size_t at = 0; at < plan.program().steps.size(); ++at) parts.push_back({.step = at});
  return parts;
}

Action copying(std::span<const std::byte> from, std::byte* to) {
  return action([from, to] { std::memcpy(to, from.data(), from.size()); });
}

}  // namespace

Result<std::shared_ptr<const Plan>> Plan::build(const Graph& graph, const PlanOptions& options,
                                                const InputShapes& shapes, PlanCache& cache) {
  return CompiledPlan::compiled(graph, options, shapes, cache, processor_here());
}

Result<std::shared_ptr<const Plan>> Plan::build(const Graph& graph, const PlanOptions& options, std::int64_t batch,
                                                PlanCache& cache) {
  const auto shapes = input_shapes(graph, batch);
  if (!shapes) return failed(shapes);
  return build(graph, options, *shapes, cache);
}

PlanState::Impl::Impl(std::shared_ptr<const CompiledPlan> compiled, std::span<const PlanPart> parts,
                      std::shared_ptr<const AlignedBytes> memory, std::byte* kept)
    : plan(std::move(compiled)), arena(std::move(memory)), at(bindings(*plan, arena->data())) {
  for (const auto& part : parts) {
    switch (part.does) {
      case PlanPart::Does::Run: actions.push_back(plan->program().steps[part.step].bind(at)); break;
      case PlanPart::Does::Keep:
        actions.push_back(copying(at.source<std::byte>(part.storage), kept + part.offset));
        break;
      case PlanPart::Does::TakeOver: {
        const auto target = at.target<std::byte>(part.storage);
        actions.push_back(copying({kept + part.offset, target.size()}, target.data()));
        break;
      }
    }
  }
  if (plan->late()) late.emplace(plan->late(), at);
}

PlanState::PlanState(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PlanState::PlanState(std::shared_ptr<const Plan> plan) {
  auto compiled = std::dynamic_pointer_cast<const CompiledPlan>(std::move(plan));
  auto arena = std::make_shared<const AlignedBytes>(compiled->layout().bytes);
  const auto parts = all_steps(*compiled);
  impl_ = std::make_unique<Impl>(std::move(compiled), parts, std::move(arena), nullptr);
}
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
    if (!impl_->plan->has_taps()) return;
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
