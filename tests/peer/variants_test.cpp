// Variants that take over from a base what both compute, against plans of their own.
#include "runtime/variants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "peer/networks.h"
#include "peer/quantized_network.h"
#include "runtime/plan_state.h"
#include "runtime/suffix.h"

namespace quantrail {
namespace {

using testing::NamedNetwork;
using testing::Quantized;
using Reverted = std::set<std::string, std::less<>>;

void fill(PlanState& state, const Tensor& input) {
  std::memcpy(state.input(0).data(), input.bytes.data(), input.bytes.size());
}

std::vector<std::byte> outputs_of(const Plan& plan, const PlanState& state) {
  std::vector<std::byte> all;
  for (std::size_t at = 0; at < plan.outputs().size(); ++at) {
    const auto output = state.output(at);
    all.insert(all.end(), output.begin(), output.end());
  }
  return all;
}

class VariantsOf : public ::testing::TestWithParam<NamedNetwork> {
 protected:
  static std::shared_ptr<const Plan> plan(const Quantized& net, const Reverted& reverted, RevertMode mode,
                                          PlanCache& cache) {
    return Plan::build(net.graph, {.quantization = &net.q, .reverted = reverted, .revert_mode = mode},
                       {{"x", net.input.shape}}, cache)
        .value();
  }

  static void check(const Quantized& net, const Reverted& base, RevertMode mode) {
    PlanCache cache;
    std::vector<std::shared_ptr<const Plan>> plans;
    for (const auto& group : net.q.groups) {
      Reverted reverted = base;
      reverted.insert(group.name);
      plans.push_back(plan(net, reverted, mode, cache));
    }
    const Variants variants(plan(net, base, mode, cache), plans);
    ASSERT_EQ(variants.size(), plans.size());
    VariantsState state(variants);
    for (int round = 0; round < 2; ++round) {
      Tensor input = net.input;
      for (float& value : input.values<float>()) value *= round == 0 ? 1.0F : -0.5F;
      fill(state.base(), input);
      ASSERT_TRUE(state.base().run().has_value());
      PlanState own_base(plan(net, base, mode, cache));
      fill(own_base, input);
      ASSERT_TRUE(own_base.run().has_value());
      EXPECT_EQ(outputs_of(variants.base(), state.base()), outputs_of(variants.base(), own_base));
      for (std::size_t at = plans.size(); at-- > 0;) {
        SCOPED_TRACE(net.q.groups[at].name + " reverted, " + std::string(name_of(mode)));
        ASSERT_TRUE(state.variant(at).run().has_value());
        PlanState own(plans[at]);
        fill(own, input);
        ASSERT_TRUE(own.run().has_value());
        EXPECT_EQ(outputs_of(*plans[at], state.variant(at)), outputs_of(*plans[at], own));
      }
    }
  }
};

TEST_P(VariantsOf, AreWhatTheirOwnPlansCompute) {
  for (const auto preset : {Preset::Performance, Preset::Mixed}) {
    const auto net = testing::quantized_network(GetParam().build(), preset);
    for (const auto mode : {RevertMode::Full, RevertMode::Compute}) {
      check(net, {}, mode);
      check(net, {net.q.groups.front().name}, mode);
      check(net, {net.q.groups[net.q.groups.size() / 2].name}, mode);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, VariantsOf, ::testing::ValuesIn(testing::networks()),
                         [](const auto& network) { return network.param.name; });
INSTANTIATE_TEST_SUITE_P(Moves, VariantsOf, ::testing::ValuesIn(testing::networks_of_moves()),
                         [](const auto& network) { return network.param.name; });

/// Steps that a variant runs itself.
std::size_t own_steps(const Variants& variants, std::size_t variant) {
  const auto& base = dynamic_cast<const CompiledPlan&>(variants.base());
  const auto& plan = dynamic_cast<const CompiledPlan&>(variants.plan(variant));
  std::map<Digest, std::size_t> known;
  for (const auto& [steps, all] : contents_of(base.program(), base.input_storages())) {
    for (const auto& content : all) known.emplace(content.digest, steps);
  }
  const auto parts = suffix_of(plan.program(), plan.input_storages(), plan.left_storages(), known).parts;
  return static_cast<std::size_t>(
      std::count_if(parts.begin(), parts.end(), [](const auto& part) { return part.runs; }));
}

TEST(Variants, RunOnlyWhatDiffers) {
  testing::SmallNetwork net({2, 4, 8, 8});
  std::string value = "x";
  for (const std::string name : {"c1", "c2", "c3", "c4", "c5"}) value = net.relu("r" + name, net.conv(name, value));
  net.output(net.conv("last", value));
  const auto quantized = testing::quantized_network(net, Preset::Performance);
  PlanCache cache;
  const auto plan = [&](const Reverted& reverted) {
    return Plan::build(quantized.graph, {.quantization = &quantized.q, .reverted = reverted},
                       {{"x", quantized.input.shape}}, cache)
        .value();
  };
  const Variants variants(plan({}), {plan({}), plan({"c1"}), plan({"c4"}), plan({"last"})});
  EXPECT_EQ(own_steps(variants, 0), 0U) << "the base itself";
  EXPECT_GE(own_steps(variants, 1), 6U) << "every layer behind the first";
  // Without 8-bit instructions each layer has a step before it that makes floats of codes.
  const std::size_t each = runtime_info().int8_exact ? 1 : 2;
  EXPECT_LE(own_steps(variants, 2), 6U * each) << "c3 leaves floats, c4 is float, then codes, c5 and last";
  EXPECT_LE(own_steps(variants, 3), 3U * each) << "c5 leaves floats, last";
  EXPECT_GT(variants.kept_bytes(), 0U);
}

}  // namespace
}  // namespace quantrail
