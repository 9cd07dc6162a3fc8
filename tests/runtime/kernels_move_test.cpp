#include "runtime/kernels_move.h"

#include <gmock/gmock.h>

#include "runtime/kernels_random.h"

namespace quantrail::kernels {
namespace {

TEST(Concat, PutsRowsBehindEachOther) {
  const std::vector<float> a{1, 2, 3, 4};
  const std::vector<float> b{5, 6};
  const std::vector<ConcatPart<float>> parts{{a.data(), 2}, {b.data(), 1}, {nullptr, 0}};
  std::vector<float> dst(6);
  concat(parts, 2, dst);
  EXPECT_THAT(dst, testing::ElementsAre(1, 2, 5, 3, 4, 6));
}

TEST(Concat, CodesMoveToTheResultsScaleByTable) {
  Random random(19);
  const ActivationParams from{0.1F, 10};
  const ActivationParams to{0.17F, 3};
  const CodeTable table = requantization_table(from, to);
  for (const std::int64_t row : {1, 32, 64, 100}) {
    const auto a = random.codes(static_cast<std::size_t>(3 * row));
    const auto b = random.codes(static_cast<std::size_t>(3 * 5));
    const std::vector<CodePart> parts{{a.data(), row, &table}, {b.data(), 5, nullptr}};
    std::vector<std::uint8_t> dst(static_cast<std::size_t>(3 * (row + 5)));
    concat(parts, 3, dst);
    for_each_index({3, row + 5}, [&](const Sizes& at) {
      const std::uint8_t expected = at[1] < row ? plain_code(plain_real(a[offset({3, row}, at)], from), to)
                                                : b[offset({3, 5}, {at[0], at[1] - row})];
      ASSERT_EQ(dst[offset({3, row + 5}, at)], expected);
    });
  }
}

TEST(Slice, AgreesWithIndexingInAnyShapeWithStepsOfEitherSign) {
  Random random(20);
  for (int round = 0; round < 200; ++round) {
    const auto rank = static_cast<std::size_t>(random.integer(0, kMaxRank));
    const Sizes source = random.sizes(rank, rank > 5 ? 3 : 6);
    Sizes begin(rank);
    Sizes step(rank, 1);
    Sizes result(rank);
    for (std::size_t a = 0; a < rank; ++a) {
      if (random.integer(0, 2) == 0) {  // the whole axis
        result[a] = source[a];
        continue;
      }
      begin[a] = random.integer(0, source[a] - 1);
      step[a] = random.integer(1, 3) * (random.integer(0, 1) == 0 ? 1 : -1);
      const std::int64_t room = step[a] > 0 ? source[a] - 1 - begin[a] : begin[a];
      result[a] = random.integer(0, 9) == 0 ? 0 : 1 + random.integer(0, room / std::abs(step[a]));
    }
    const auto src = random.codes(product(source));
    std::vector<std::uint8_t> dst(product(result));
    slice(src, {source, result, begin, step}, dst);
    for_each_index(result, [&](const Sizes& at) {
      Sizes from(rank);
      for (std::size_t a = 0; a < rank; ++a) from[a] = begin[a] + at[a] * step[a];
      ASSERT_EQ(dst[offset(result, at)], src[offset(source, from)]);
    });
  }
}

/// What position `at` shows, -1 for the constant: found by walking back and forth as a person would.
std::int64_t shown(std::int64_t at, std::int64_t size, PadMode mode) {
  if (at >= 0 && at < size) return at;
  if (mode == PadMode::Constant) return -1;
  if (mode == PadMode::Edge) return at < 0 ? 0 : size - 1;
  while (at < 0 || at >= size) at = at < 0 ? -at : 2 * (size - 1) - at;
  return at;
}

template <class T>
void expect_padded(const Sizes& source, const Sizes& begin, const Sizes& end, PadMode mode) {
  std::vector<T> src(product(source));
  std::iota(src.begin(), src.end(), T{1});
  Sizes result(source.size());
  for (std::size_t a = 0; a < source.size(); ++a) result[a] = source[a] + begin[a] + end[a];
  std::vector<T> dst(product(result));
  pad(std::span<const T>(src), {source, begin, end, mode}, T{99}, std::span<T>(dst));
  for_each_index(result, [&](const Sizes& at) {
    Sizes from(source.size());
    bool inside = true;
    for (std::size_t a = 0; a < source.size(); ++a) {
      from[a] = shown(at[a] - begin[a], source[a], mode);
      inside = inside && from[a] >= 0;
    }
    ASSERT_EQ(dst[offset(result, at)], inside ? src[offset(source, from)] : T{99});
  });
}

TEST(Pad, EveryModeInRandomShapes) {
  Random random(21);
  for (int round = 0; round < 150; ++round) {
    const auto rank = static_cast<std::size_t>(random.integer(1, 5));
    Sizes source(rank);
    Sizes begin(rank, 0);
    Sizes end(rank, 0);
    const auto mode = static_cast<PadMode>(round % 3);
    for (std::size_t a = 0; a < rank; ++a) {
      source[a] = random.integer(2, 4);
      if (random.integer(0, 1) == 0) continue;
      const std::int64_t most = mode == PadMode::Reflect ? source[a] - 1 : 5;
      begin[a] = random.integer(-1, most);
      end[a] = random.integer(-1, most);
    }
    expect_padded<float>(source, begin, end, mode);
    expect_padded<std::uint8_t>(source, begin, end, mode);
  }
}

TEST(Pad, SpatialPaddingOfChannelsLastCodesUsesTheZeroPoint) {
  expect_padded<std::uint8_t>({1, 4, 5, 3}, {0, 1, 1, 0}, {0, 1, 2, 0}, PadMode::Constant);
}

TEST(Pad, EmptySourcesScalarsAndCroppingEverything) {
  expect_padded<float>({}, {}, {}, PadMode::Constant);
  expect_padded<float>({0, 2}, {1, 0}, {1, 0}, PadMode::Constant);
  expect_padded<float>({2, 0}, {0, 1}, {0, 2}, PadMode::Constant);
  expect_padded<float>({3, 2}, {-3, 0}, {4, 0}, PadMode::Constant);
  expect_padded<float>({1, 2}, {2, 0}, {0, 0}, PadMode::Edge);
}

}  // namespace
}  // namespace quantrail::kernels
