#include <gmock/gmock.h>

#include <cmath>
#include <cstring>

#include "model/codes.h"
#include "model/lowering.h"
#include "quantize/placed.h"
#include "quantize/quantize.h"
#include "runtime/plan.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using testing::Placed;
using testing::SmallNetwork;

struct Table {
  Shape shape{512, 16};
  std::int64_t axis = 0;
  float value = 0.5F;    ///< of one element
  bool behind = true;    ///< a layer follows
  bool computed = true;  ///< which rows are taken is computed
};

SmallNetwork taking(const Table& table) {
  SmallNetwork net({2, 6});
  net.constant("table", table.shape, 0.4F);
  auto values = *net.graph().constants.at("table");
  values.values<float>()[3] = table.value;
  net.keep("table", values);
  net.integers("known", {1, 2});
  const std::string at = table.computed ? net.positions("at", "x", table.shape[0]) : "known";
  std::string v = net.rows("embed", "table", at);
  net.graph().nodes.back().attributes["axis"] = table.axis;
  if (table.behind) v = net.matmul("m", net.same("tanh", "Tanh", {v}), 4);
  net.output(v);
  return net;
}

Place place_of(const Table& table) { return Placed(taking(table)).place("embed"); }

TEST(Tables, OfEmbeddingsAreHeldAsCodes) {
  EXPECT_EQ(place_of({}), Place::Table);
  EXPECT_EQ(place_of({.shape = {255, 16}}), Place::Float) << "hardly anything is saved";
  EXPECT_EQ(place_of({.shape = {8400, 4}}), Place::Float) << "boxes";
  EXPECT_EQ(place_of({.value = NAN}), Place::Float);
  EXPECT_EQ(place_of({.value = -1e9F}), Place::Float) << "a mask";
  EXPECT_EQ(place_of({.behind = false}), Place::Float) << "the network's answer";
  EXPECT_EQ(place_of({.computed = false}), Place::Float) << "a constant";
}

TEST(Tables, StayFloatWhereTheConfigurationSaysSo) {
  const auto net = taking({});
  EXPECT_EQ(placed(net.graph(), net.types(), {.tables = false}).nodes[3].place, Place::Float);
  const auto excluded = placed(net.graph(), net.types(), {.excluded = {"embed"}});
  EXPECT_EQ(excluded.nodes[3].place, Place::Float);
  EXPECT_EQ(excluded.nodes[3].reason, "excluded by the configuration");
}

struct Held {
  SmallNetwork net = taking({});
  Quantization q = quantize();

  [[nodiscard]] Quantization quantize() const {
    const auto placement = placed(net.graph(), net.types(), {});
    Statistics statistics{.samples = 1};
    for (const auto& shared : placement.classes) {
      for (const auto& value : shared.sources) {
        auto& seen = statistics.values[value];
        seen.min = -1.0F;
        seen.max = 1.0F;
        seen.minima = {-1.0F};
        seen.maxima = {1.0F};
      }
    }
    QuantizationParams params;
    params.use_fast_bias = false;
    return quantized({net.graph(), net.types(), placement}, statistics, params).value();
  }

  [[nodiscard]] std::vector<float> taken(const Graph& graph, const PlanOptions& options) const {
    PlanCache cache;
    const auto plan = Plan::build(graph, options, 2, cache).value();
    PlanState state(plan);
    auto input = state.input(0);
    const std::vector<float> x{0.0F, 0.1F, 0.2F, 0.3F, 0.4F, 0.5F, 0.6F, 0.7F, 0.8F, 0.9F, 1.0F, 0.99F};
    std::memcpy(input.data(), x.data(), input.size());
    EXPECT_TRUE(state.run());
    const auto bytes = state.output(0);
    std::vector<float> values(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }
};

TEST(Tables, HaveAScalePerColumnAndAGroupOfTheirOwn) {
  const Held held;
  const WeightParams& params = held.q.tables.at("embed");
  EXPECT_EQ(params.axis, 1);
  ASSERT_EQ(params.scale.size(), 16U);
  EXPECT_FLOAT_EQ(params.scale[3], 0.5F / 127.0F) << "the largest of its column";
  EXPECT_THAT(held.q.groups, ElementsAre(Group{"embed", {"embed"}}, Group{"m", {"m"}}));
  EXPECT_THAT(held.q.layers, ::testing::SizeIs(1));
}

TEST(Tables, ThatSeveralReadAreOneGroup) {
  Held held;
  held.net.output(held.net.matmul("m2", held.net.rows("again", "table", held.net.positions("at2", "x", 512)), 4));
  const auto q = held.quantize();
  EXPECT_THAT(q.groups, ElementsAre(Group{"embed", {"embed", "again"}}, Group{"m", {"m"}}, Group{"m2", {"m2"}}));
}

TEST(Tables, SurviveStoring) {
  const Held held;
  EXPECT_EQ(parsed_quantization(serialised(held.q)).value(), held.q);
  Quantization with_edits = held.q;
  with_edits.weight_edits["m"] = {.output_factors = {2.0F}};
  EXPECT_EQ(parsed_quantization(serialised(with_edits)).value(), with_edits);
  Quantization without = held.q;
  without.tables.clear();
  EXPECT_NE(without.digest(), held.q.digest());
}

TEST(Tables, GiveWhatTheirCodesStandForUntilTheyGoBackToFloat) {
  const Held held;
  Graph rounded = held.net.graph();
  const Tensor& table = *rounded.constants.at("table");
  const auto reals = dequantized_weights(table, held.q.tables.at("embed"));
  rounded.constants["table"] =
      std::make_shared<const Tensor>(Tensor::of<float>(table.shape, std::span<const float>(reals)));
  const std::set<std::string, std::less<>> layer{"m"};
  const std::set<std::string, std::less<>> all{"m", "embed"};
  EXPECT_TRUE(lowered(held.net.graph(), &held.q, layer).nodes[3].table);
  EXPECT_EQ(held.taken(held.net.graph(), {.quantization = &held.q, .reverted = layer}), held.taken(rounded, {}));
  EXPECT_FALSE(lowered(held.net.graph(), &held.q, all).nodes[3].table);
  EXPECT_EQ(held.taken(held.net.graph(), {.quantization = &held.q, .reverted = all}), held.taken(held.net.graph(), {}));
  EXPECT_NE(held.taken(rounded, {}), held.taken(held.net.graph(), {}));
}

}  // namespace
}  // namespace quantrail
