#include "runtime/variants.h"

#include <algorithm>

#include "runtime/plan_state.h"
#include "runtime/suffix.h"

namespace quantrail {
namespace {

using Compiled = std::shared_ptr<const CompiledPlan>;

Compiled as_compiled(std::shared_ptr<const Plan> plan) {
  return std::dynamic_pointer_cast<const CompiledPlan>(std::move(plan));
}

std::size_t rounded_up(std::size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

}  // namespace

struct Variants::Impl {
  struct Variant {
    Compiled plan{};
    std::vector<PlanPart> parts{};
  };
  Compiled base{};
  std::vector<PlanPart> base_parts{};
  std::vector<Variant> variants{};
  std::size_t kept_bytes = 0;
  std::size_t arena_bytes = 0;  ///< of the largest variant
};

Variants::Variants(std::shared_ptr<const Plan> base, std::vector<std::shared_ptr<const Plan>> variants) {
  auto made = std::make_unique<Impl>();
  made->base = as_compiled(std::move(base));
  const Contents contents = contents_of(made->base->program(), made->base->input_storages());
  std::map<Digest, std::size_t> known;  // to the number of steps after which it is there
  for (const auto& [steps, all] : contents) {
    for (const auto& content : all) known.emplace(content.digest, steps);
  }
  std::map<Digest, std::size_t> offsets;
  for (auto& plan : variants) {
    Impl::Variant variant{as_compiled(std::move(plan)), {}};
    const auto suffix =
        suffix_of(variant.plan->program(), variant.plan->input_storages(), variant.plan->left_storages(), known);
    for (const auto& part : suffix.parts) {
      if (part.runs) {
        variant.parts.push_back({.step = part.step});
        continue;
      }
      const auto [offset, is_new] = offsets.try_emplace(part.content.digest, made->kept_bytes);
      if (is_new) made->kept_bytes += rounded_up(part.content.bytes);
      variant.parts.push_back(
          {.does = PlanPart::Does::TakeOver, .storage = part.content.storage, .offset = offset->second});
    }
    made->arena_bytes = std::max(made->arena_bytes, variant.plan->layout().bytes);
    made->variants.push_back(std::move(variant));
  }
  for (std::size_t steps = 0; steps <= made->base->program().steps.size(); ++steps) {
    if (steps > 0) made->base_parts.push_back({.step = steps - 1});
    const auto all = contents.find(steps);
    if (all == contents.end()) continue;
    for (const auto& content : all->second) {
      const auto offset = offsets.find(content.digest);
      if (offset == offsets.end() || known.at(content.digest) != steps) continue;
      made->base_parts.push_back({.does = PlanPart::Does::Keep, .storage = content.storage, .offset = offset->second});
    }
  }
  impl_ = std::move(made);
}

Variants::~Variants() = default;
Variants::Variants(Variants&&) noexcept = default;
Variants& Variants::operator=(Variants&&) noexcept = default;

std::size_t Variants::size() const { return impl_->variants.size(); }
const Plan& Variants::base() const { return *impl_->base; }
const Plan& Variants::plan(std::size_t variant) const { return *impl_->variants.at(variant).plan; }
std::size_t Variants::kept_bytes() const { return impl_->kept_bytes; }

struct VariantsState::Impl {
  explicit Impl(const Variants::Impl& variants)
      : kept(variants.kept_bytes), arena(std::make_shared<const AlignedBytes>(variants.arena_bytes)) {
    auto shared = std::make_unique<PlanState::Impl>(variants.base, variants.base_parts,
                                                    std::make_shared<const AlignedBytes>(variants.base->layout().bytes),
                                                    kept.data());
    shared->late.reset();
    base.emplace(std::move(shared));
    for (const auto& variant : variants.variants)
      states.emplace_back(std::make_unique<PlanState::Impl>(variant.plan, variant.parts, arena, kept.data()));
  }

  AlignedBytes kept;
  std::shared_ptr<const AlignedBytes> arena;
  std::optional<PlanState> base{};
  std::vector<PlanState> states{};
};

VariantsState::VariantsState(const Variants& variants) : impl_(std::make_unique<Impl>(variants.impl())) {}
VariantsState::~VariantsState() = default;
VariantsState::VariantsState(VariantsState&&) noexcept = default;
VariantsState& VariantsState::operator=(VariantsState&&) noexcept = default;

PlanState& VariantsState::base() { return *impl_->base; }
PlanState& VariantsState::variant(std::size_t index) { return impl_->states.at(index); }

}  // namespace quantrail
