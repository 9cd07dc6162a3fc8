#include "runtime/kernels_tiles.h"

#include <gmock/gmock.h>

#include <cmath>

#include "runtime/kernels_random.h"

namespace quantrail::kernels {
namespace {

class Tiles : public ::testing::TestWithParam<TileIsa> {
 protected:
  void SetUp() override {
    if (!has_tiles(GetParam())) GTEST_SKIP() << "this processor does not have it";
  }
};
INSTANTIATE_TEST_SUITE_P(Isa, Tiles, ::testing::Values(TileIsa::Avx2, TileIsa::Amx), [](const auto& isa) {
  return isa.param == TileIsa::Amx ? std::string("Amx") : std::string("Avx2");
});

struct Case {
  TileShape shape{};
  std::vector<std::int8_t> weights{};  // [columns, kernel_h, kernel_w, channels]
  std::vector<float> scale{};
  std::vector<float> bias{};
  std::vector<std::uint8_t> src{};
  TileRule rule{};
};

Case random_case(Random& random, const TileShape& shape) {
  Case made;
  made.shape = shape;
  for (std::int64_t i = 0; i < shape.columns * shape.depth(); ++i)
    made.weights.push_back(static_cast<std::int8_t>(random.integer(-128, 127)));
  for (std::int64_t c = 0; c < shape.columns; ++c) {
    made.scale.push_back(std::exp(random.real()) / (60.0F * std::sqrt(static_cast<float>(shape.depth()))) / 128.0F);
    made.bias.push_back(random.real(20000.0F));
  }
  made.src = random.codes(product({shape.batch, shape.in_h, shape.in_w, shape.channels}));
  made.rule.zero_point = static_cast<std::uint8_t>(random.integer(0, 255));
  made.rule.scale = made.scale;
  made.rule.bias = made.bias;
  made.rule.result_zero_point = static_cast<std::uint8_t>(random.integer(0, 3) == 0 ? 0 : random.integer(1, 255));
  return made;
}

TileShape random_shape(Random& random) {
  const std::array<std::int64_t, 12> channels{1, 3, 4, 6, 12, 16, 24, 60, 64, 96, 128, 160};
  TileShape s;
  for (;;) {
    s.batch = random.integer(1, 2);
    s.channels = channels.at(static_cast<std::size_t>(random.integer(0, 11)));
    s.columns = random.integer(1, 70);
    s.kernel_h = random.integer(1, 3);
    s.kernel_w = random.integer(1, 3);
    s.stride_h = random.integer(1, 2);
    s.stride_w = random.integer(1, 3);
    s.dilation_h = random.integer(1, 2);
    s.dilation_w = random.integer(1, 3);
    s.in_h = random.integer(1, 14);
    s.in_w = random.integer(1, 40);
    s.pad_top = random.integer(0, 2);
    s.pad_left = random.integer(0, 2);
    const std::int64_t reach_h = (s.kernel_h - 1) * s.dilation_h + 1;
    const std::int64_t reach_w = (s.kernel_w - 1) * s.dilation_w + 1;
    const std::int64_t room_h = s.in_h + s.pad_top + random.integer(0, 2) - reach_h;
    const std::int64_t room_w = s.in_w + s.pad_left + random.integer(0, 2) - reach_w;
    if (room_h < 0 || room_w < 0) continue;
    s.out_h = room_h / s.stride_h + 1;
    s.out_w = room_w / s.stride_w + 1;
    if (CodeTiles::fits(s)) return s;
  }
}

/// The weights in the order that the constructor expects.
std::vector<std::int8_t> ordered(const Case& c, TileWeights::Order order) {
  const TileShape& s = c.shape;
  const std::int64_t taps = s.kernel_h * s.kernel_w;
  std::vector<std::int8_t> result(c.weights.size());
  for_each_index({s.columns, taps, s.channels}, [&](const Sizes& at) {
    const auto from = offset({s.columns, taps, s.channels}, at);
    const std::int64_t k = at[1] * s.channels + at[2];
    switch (order) {
      case TileWeights::Order::Rows: result[offset({s.depth(), s.columns}, {k, at[0]})] = c.weights[from]; break;
      case TileWeights::Order::Columns: result[from] = c.weights[from]; break;
      default: result[offset({s.columns, s.channels, taps}, {at[0], at[2], at[1]})] = c.weights[from]; break;
    }
  });
  return result;
}

/// scale * (sum + bias) by the definition, position by position.
std::vector<float> scaled_sums(const Case& c) {
  const TileShape& s = c.shape;
  std::vector<float> result;
  for_each_index({s.batch, s.out_h, s.out_w, s.columns}, [&](const Sizes& at) {
    std::int32_t sum = 0;
    for_each_index({s.kernel_h, s.kernel_w}, [&](const Sizes& k) {
      const std::int64_t y = at[1] * s.stride_h - s.pad_top + k[0] * s.dilation_h;
      const std::int64_t x = at[2] * s.stride_w - s.pad_left + k[1] * s.dilation_w;
      if (y < 0 || y >= s.in_h || x < 0 || x >= s.in_w) return;
      const std::uint8_t* code = &c.src[offset({s.batch, s.in_h, s.in_w, s.channels}, {at[0], y, x, 0})];
      const std::int8_t* weight =
          &c.weights[offset({s.columns, s.kernel_h, s.kernel_w, s.channels}, {at[3], k[0], k[1], 0})];
      for (std::int64_t i = 0; i < s.channels; ++i) sum += (int{code[i]} - int{c.rule.zero_point}) * int{weight[i]};
    });
    const auto column = static_cast<std::size_t>(at[3]);
    const float bias = c.rule.bias.empty() ? 0.0F : c.bias[column];
    result.push_back((static_cast<float>(sum) + bias) * c.rule.scale[c.rule.scale.size() == 1 ? 0 : column]);
  });
  return result;
}

std::vector<std::uint8_t> expected_codes(const Case& c, const std::vector<std::uint8_t>& held) {
  std::vector<std::uint8_t> codes;
  for (float value : scaled_sums(c)) {
    value = std::nearbyint(value) + static_cast<float>(c.rule.result_zero_point);
    if (const auto& sum = c.rule.sum) {
      const auto addend = static_cast<float>(held[codes.size()]);
      const float own = std::clamp(value, 0.0F, 255.0F);
      const auto& with = sum->addition;
      const float right = std::fma(sum->own_first ? addend : own, with.rhs_step, with.offset);
      value = std::nearbyint(std::fma(sum->own_first ? own : addend, with.lhs_step, right));
    }
    codes.push_back(static_cast<std::uint8_t>(std::clamp(value, c.rule.lo, c.rule.hi)));
  }
  return codes;
}

std::vector<float> expected_floats(const Case& c, const std::vector<float>& held) {
  auto values = scaled_sums(c);
  for (std::size_t at = 0; at < values.size(); ++at) {
    if (c.rule.accumulate) values[at] += held[at];
    values[at] = std::clamp(values[at], c.rule.lo, c.rule.hi);
  }
  return values;
}

template <class T>
std::vector<T> computed(const Case& c, TileIsa isa, TileWeights::Order order, std::vector<T> held) {
  const CodeTiles tiles(c.shape, std::make_shared<const TileWeights>(c.shape, ordered(c, order), order, isa), c.rule);
  AlignedVector<std::byte> scratch(tiles.scratch_bytes());
  const std::int64_t middle = tiles.blocks() / 2;
  tiles.run(c.src.data(), held.data(), scratch.data(), {0, middle});
  tiles.run(c.src.data(), held.data(), scratch.data(), {middle, tiles.blocks()});
  return held;
}

std::size_t results(const TileShape& s) { return static_cast<std::size_t>(s.rows() * s.columns); }

void expect_codes(const Case& c, TileIsa isa, TileWeights::Order order, const std::vector<std::uint8_t>& held) {
  const auto actual = computed(c, isa, order, held);
  const auto wanted = expected_codes(c, held);
  for (std::size_t at = 0; at < wanted.size(); ++at) ASSERT_EQ(actual[at], wanted[at]) << "element " << at;
}

constexpr auto kConvolution = TileWeights::Order::Convolution;

TEST_P(Tiles, GiveTheCodesOfTheDefinition) {
  Random random(1);
  for (int round = 0; round < 120; ++round) {
    SCOPED_TRACE(round);
    Case c = random_case(random, random_shape(random));
    if (round % 4 == 1) c.rule.bias = {};
    if (round % 4 == 2) c.rule.zero_point = 0;
    if (round % 3 == 1) c.rule.lo = static_cast<float>(random.integer(1, 100));
    if (round % 3 == 2) c.rule.hi = static_cast<float>(random.integer(101, 254));
    expect_codes(c, GetParam(), kConvolution, std::vector<std::uint8_t>(results(c.shape)));
  }
}

TEST_P(Tiles, AddCodesBehindTheirOwn) {
  Random random(2);
  for (int round = 0; round < 40; ++round) {
    SCOPED_TRACE(round);
    Case c = random_case(random, random_shape(random));
    c.rule.sum = TileSum{{std::exp(random.real()), std::exp(random.real()), random.real(50.0F)}, round % 4 > 1};
    if (round % 2 == 1) c.rule.lo = static_cast<float>(random.integer(1, 100));
    expect_codes(c, GetParam(), kConvolution, random.codes(results(c.shape)));
  }
}

TEST_P(Tiles, GiveFloatsAndAddThem) {
  Random random(3);
  for (int round = 0; round < 20; ++round) {
    SCOPED_TRACE(round);
    Case c = random_case(random, random_shape(random));
    c.rule.result_zero_point = 0;
    c.rule.accumulate = round % 2 == 1;
    c.rule.lo = round % 3 == 1 ? 0.0F : -std::numeric_limits<float>::infinity();
    c.rule.hi = round % 3 == 2 ? 6.0F : std::numeric_limits<float>::infinity();
    const auto held = random.reals(results(c.shape), 10.0F);
    EXPECT_EQ(computed(c, GetParam(), kConvolution, held), expected_floats(c, held));
  }
}

TEST_P(Tiles, MultiplyMatricesInEachOrderOfWeights) {
  Random random(4);
  for (const auto order : {TileWeights::Order::Rows, TileWeights::Order::Columns}) {
    for (const std::int64_t rows : {32, 33, 63, 64, 500}) {
      SCOPED_TRACE(rows);
      TileShape s;
      s.channels = 192;
      s.columns = 80;
      s.in_w = s.out_w = rows;
      expect_codes(random_case(random, s), GetParam(), order, std::vector<std::uint8_t>(results(s)));
    }
  }
}

TEST_P(Tiles, GoThroughLargeSourcesInPanels) {
  Random random(5);
  TileShape flat;
  flat.channels = 64;
  flat.columns = 33;
  flat.in_w = flat.out_w = 5000;
  expect_codes(random_case(random, flat), GetParam(), TileWeights::Order::Rows,
               std::vector<std::uint8_t>(results(flat)));
  TileShape image;
  image.channels = 32;
  image.columns = 16;
  image.in_h = image.in_w = 83;
  image.kernel_h = image.kernel_w = 3;
  image.stride_h = image.stride_w = 2;
  image.pad_top = image.pad_left = 1;
  image.out_h = image.out_w = 42;
  Case c = random_case(random, image);
  c.rule.sum = TileSum{{0.7F, 0.6F, -20.0F}};
  expect_codes(c, GetParam(), kConvolution, random.codes(results(image)));
}

TEST_P(Tiles, CopyOnlyWhatWindowsSee) {
  Random random(7);
  TileShape s;
  s.channels = 16;
  s.columns = 8;
  s.in_h = s.in_w = 300;
  s.stride_h = s.stride_w = 50;
  s.kernel_h = 2;
  s.out_h = s.out_w = 6;
  EXPECT_TRUE(CodeTiles::fits(s));
  const Case c = random_case(random, s);
  expect_codes(c, GetParam(), kConvolution, std::vector<std::uint8_t>(results(s)));
  const auto weights = std::make_shared<const TileWeights>(s, c.weights, TileWeights::Order::Columns, GetParam());
  EXPECT_LE(CodeTiles(s, weights, c.rule).scratch_bytes(),
            2U * 6U * 300U * 16U * (GetParam() == TileIsa::Avx2 ? 3 : 1));
}

TEST_P(Tiles, SaturateSumsThatNoCodeComesNear) {
  Random random(6);
  TileShape s;
  s.channels = 64;
  s.columns = 32;
  s.in_w = s.out_w = 40;
  Case c = random_case(random, s);
  for (float& scale : c.scale) scale = 1e12F;
  for (float& bias : c.bias) bias = random.integer(0, 1) == 1 ? 1e20F : -1e20F;
  expect_codes(c, GetParam(), TileWeights::Order::Rows, std::vector<std::uint8_t>(results(s)));
}

TEST(TileDepth, DividesTheChannelsOrIsZero) {
  const auto depth = [](std::int64_t channels) {
    TileShape shape;
    shape.channels = channels;
    return tile_depth(shape).elements;
  };
  EXPECT_EQ(depth(64), 64);
  EXPECT_EQ(depth(16), 16);
  EXPECT_EQ(depth(96), 48);
  EXPECT_EQ(depth(160), 40);
  EXPECT_EQ(depth(2048), 64);
  EXPECT_EQ(depth(3), 4);
  EXPECT_EQ(depth(12), 12);
  EXPECT_EQ(depth(66), 0);
  EXPECT_EQ(depth(68), 0) << "17 pieces of 4";
}

TEST(TileDepth, TakesARowOfTheKernelWhereChannelsAreFew) {
  TileShape shape;
  shape.channels = 3;
  shape.kernel_h = shape.kernel_w = 7;
  EXPECT_EQ(tile_depth(shape).elements, 28);
  EXPECT_EQ(tile_depth(shape).taps, 7);
  shape.dilation_w = 2;
  EXPECT_EQ(tile_depth(shape).elements, 0) << "taps are not neighbours";
}

}  // namespace
}  // namespace quantrail::kernels
