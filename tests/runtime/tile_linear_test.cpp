// Our kernel for tiles and oneDNN's give the same bits: which of the two computes a layer is a question of speed alone.
#include "runtime/tile_linear.h"

#include <gtest/gtest.h>

#include "runtime/kernels_aligned.h"
#include "runtime/kernels_random.h"
#include "runtime/plan.h"

namespace quantrail {
namespace {

using kernels::AlignedVector;
using kernels::Random;

class TileLinearTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!runs_on_tiles(LinearSpec{MatMulShape{{64, 64}, {64, 64}, {64, 64}}, ElementType::Uint8}))
      GTEST_SKIP() << "this processor has no tiles, or may not use them";
  }
};

struct Layer {
  LinearSpec spec{};
  std::vector<std::int8_t> weights{};
  std::size_t source = 0;
  std::size_t results = 0;
};

Layer conv_layer(Random& random, std::int64_t kernel, std::int64_t stride, std::int64_t pad) {
  const std::int64_t channels = random.integer(0, 3) == 0 ? 3 : 32 * random.integer(1, 4);
  const std::int64_t columns = random.integer(1, 90);
  const std::int64_t size = random.integer(9, 20);
  const std::int64_t out = (size + 2 * pad - kernel) / stride + 1;
  Layer layer;
  layer.spec.shape =
      ConvShape{1,      1,          channels,   columns, {size, size}, {out, out}, {kernel, kernel}, {stride, stride},
                {1, 1}, {pad, pad}, {pad, pad}, false};
  layer.source = static_cast<std::size_t>(size * size * channels);
  layer.results = static_cast<std::size_t>(out * out * columns);
  layer.weights.resize(static_cast<std::size_t>(columns * channels * kernel * kernel));
  layer.spec.epilogue.bias = random.reals(static_cast<std::size_t>(columns), 5000.0F);
  for (std::int64_t c = 0; c < columns; ++c)
    layer.spec.epilogue.scale.push_back(std::exp(random.real()) / static_cast<float>(kernel) / 10000.0F);
  return layer;
}

Layer product_layer(Random& random, bool by_columns) {
  const std::int64_t rows = random.integer(32, 150);
  const std::int64_t depth = 16 * random.integer(1, 12);
  const std::int64_t columns = random.integer(1, 90);
  Layer layer;
  layer.spec.shape = MatMulShape{{rows, depth}, {depth, columns}, {rows, columns}, by_columns};
  layer.source = static_cast<std::size_t>(rows * depth);
  layer.results = static_cast<std::size_t>(rows * columns);
  layer.weights.resize(static_cast<std::size_t>(depth * columns));
  layer.spec.epilogue.scale.assign(static_cast<std::size_t>(columns), 1.0F / 9000.0F);
  return layer;
}

template <class T>
std::vector<T> computed(const Linear& linear, std::vector<std::uint8_t> source, std::vector<T> held) {
  AlignedVector<std::byte> scratch(linear.scratch_bytes());
  const auto done = linear.bound({reinterpret_cast<const std::byte*>(source.data()), nullptr,
                                  reinterpret_cast<std::byte*>(held.data()), scratch.data()})();
  EXPECT_TRUE(done);
  return held;
}

template <class T>
void expect_same_bits(Layer& layer, Random& random, const std::vector<T>& held) {
  layer.spec.source = ElementType::Uint8;
  layer.spec.result = sizeof(T) == 1 ? ElementType::Uint8 : ElementType::Float32;
  // Where oneDNN's sums of two products saturate, they do not with such weights.
  const std::int64_t most = runtime_info().int8_exact ? 127 : 63;
  for (auto& weight : layer.weights) weight = static_cast<std::int8_t>(random.integer(-most, most));
  ASSERT_TRUE(runs_on_tiles(layer.spec));
  PlanCache cache;
  Hasher identity;
  const LinearWeights weights{std::as_bytes(std::span(layer.weights)), identity.add("layer").finish()};
  const auto theirs = Linear::make(layer.spec, &weights, cache.state());
  ASSERT_TRUE(theirs.has_value()) << theirs.error().message;
  const auto source = random.codes(layer.source);
  const auto expected = computed(**theirs, source, held);
  for (const std::size_t threads : {1, 3}) {
    const auto ours = tile_linear(layer.spec, weights, threads, cache.state());
    ASSERT_EQ(computed(*ours, source, held), expected) << threads << " threads";
  }
}

void expect_same_bits_in_each_form(Layer layer, Random& random) {
  const auto codes = random.codes(layer.results);
  const auto reals = random.reals(layer.results);
  auto& epilogue = layer.spec.epilogue;
  const auto expect_in_form = [&](const std::string& form, const auto& held) {
    SCOPED_TRACE(form);
    expect_same_bits(layer, random, held);
  };
  expect_in_form("codes", codes);
  epilogue.zero_point = 131;
  expect_in_form("codes around a zero point", codes);
  epilogue.clamp = {30.0F, 200.0F};
  expect_in_form("clamped codes", codes);
  epilogue.clamp = {};
  epilogue.zero_point = 0;
  expect_in_form("floats", reals);
  epilogue.accumulate = true;
  epilogue.clamp = {0.0F, Bounds{}.hi};
  expect_in_form("added floats, clamped", reals);
}

TEST_F(TileLinearTest, ComputesConvolutionsAsOneDnnDoes) {
  Random random(1);
  for (const std::int64_t kernel : {1, 2, 3, 5}) {
    for (const std::int64_t stride : {1, 2, 3}) {
      for (const std::int64_t pad : {std::int64_t{0}, kernel / 2}) {
        SCOPED_TRACE(std::to_string(kernel) + ", stride " + std::to_string(stride) + ", pad " + std::to_string(pad));
        Layer layer = conv_layer(random, kernel, stride, pad);
        layer.spec.source_zero_point = pad > 0 ? 77 : 0;
        layer.spec.source = ElementType::Uint8;
        if (!runs_on_tiles(layer.spec)) continue;
        expect_same_bits_in_each_form(layer, random);
      }
    }
  }
}

TEST_F(TileLinearTest, ComputesProductsAsOneDnnDoes) {
  Random random(2);
  for (int round = 0; round < 8; ++round) {
    SCOPED_TRACE(round);
    expect_same_bits_in_each_form(product_layer(random, round % 2 == 1), random);
  }
}

TEST_F(TileLinearTest, LeavesToOneDnnWhatDoesNotFit) {
  Random random(3);
  Layer layer = conv_layer(random, 3, 1, 1);
  layer.spec.source = ElementType::Uint8;
  EXPECT_TRUE(runs_on_tiles(layer.spec));
  LinearSpec spec = layer.spec;
  spec.source = ElementType::Float32;
  EXPECT_FALSE(runs_on_tiles(spec));
  spec = layer.spec;
  std::get<ConvShape>(spec.shape).groups = 2;
  EXPECT_FALSE(runs_on_tiles(spec));
  spec = layer.spec;
  std::get<ConvShape>(spec.shape).channels_in = 66;
  EXPECT_FALSE(runs_on_tiles(spec));
  spec.shape = MatMulShape{{31, 64}, {64, 64}, {31, 64}};
  EXPECT_FALSE(runs_on_tiles(spec)) << "a block has 32 rows";
}

}  // namespace
}  // namespace quantrail
