#include "data/idx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "data/open.h"
#include "tests/data/support.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string big_endian(std::uint32_t value) {
  std::string text;
  for (const int shift : {24, 16, 8, 0}) text += static_cast<char>(value >> shift);
  return text;
}

std::string idx(char type, const std::vector<std::uint32_t>& shape, const std::string& data) {
  std::string text{'\0', '\0', type, static_cast<char>(shape.size())};
  for (const auto size : shape) text += big_endian(size);
  return text + data;
}

std::string gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

class Idx : public ::testing::Test {
 protected:
  std::string problem(const std::string& content) const {
    const auto array = open_idx(folder_.write("x.idx", content));
    return array ? "none" : array.error().message;
  }
  template <class T>
  std::vector<T> row(const std::string& content, std::size_t index) const {
    const auto array = open_idx(folder_.write("x.idx", content));
    EXPECT_TRUE(array) << array.error().message;
    if (!array) return {};
    std::vector<std::byte> bytes(array->row_bytes());
    EXPECT_TRUE(array->read_row(index, bytes));
    return values_of<T>(bytes);
  }

  TemporaryFolder folder_;
};

const std::string kDigits = idx(8, {2, 2, 3}, "\1\2\3\4\5\6abcdef");
const std::vector<ValueInfo> kGrey{{"input", ElementType::Float32, {-1, 1, 2, 3}, {}}};

TEST_F(Idx, HoldsEveryTypeInBigEndian) {
  EXPECT_THAT(row<std::uint8_t>(kDigits, 1), ElementsAre('a', 'b', 'c', 'd', 'e', 'f'));
  EXPECT_THAT(row<std::int8_t>(idx(9, {2}, "\1\xFF"), 1), ElementsAre(-1));
  EXPECT_THAT(row<std::int16_t>(idx(0x0B, {1, 2}, {"\1\0\xFF\xFE", 4}), 0), ElementsAre(256, -2));
  EXPECT_THAT(row<std::int32_t>(idx(0x0C, {2}, {"\0\0\0\1\0\1\0\0", 8}), 1), ElementsAre(65536));
  EXPECT_THAT(row<float>(idx(0x0D, {1, 2}, {"\x3F\x80\0\0\xC0\0\0\0", 8}), 0), ElementsAre(1.0F, -2.0F));
  EXPECT_THAT(row<double>(idx(0x0E, {2}, {"\x3F\xF0\0\0\0\0\0\0\xC0\0\0\0\0\0\0\0", 16}), 1), ElementsAre(-2.0));
}

TEST_F(Idx, MayBeCompressed) {
  EXPECT_THAT(row<std::uint8_t>(gzip(kDigits), 1), ElementsAre('a', 'b', 'c', 'd', 'e', 'f'));
  EXPECT_THAT(row<std::uint8_t>(gzip(kDigits.substr(0, 9)) + gzip(kDigits.substr(9)), 0), ElementsAre(1, 2, 3, 4, 5, 6))
      << "gzip files of two members are gzip files";
}

TEST_F(Idx, IsRefusedWhereItsHeaderIsNotTrue) {
  EXPECT_THAT(problem(""), HasSubstr("x.idx: is not an IDX file"));
  EXPECT_THAT(problem(npy_of<float>("<f4", {1}, {1})), HasSubstr("is not an IDX file"));
  EXPECT_THAT(problem(idx(0x0A, {1}, "a")), HasSubstr("the type of elements is 0x0a, allowed are 0x08 (uint8)"));
  EXPECT_THAT(problem(idx(8, {}, "a")), HasSubstr("a single number"));
  EXPECT_THAT(problem({"\0\0\x08\xFF", 4}), HasSubstr("has 255 axes, allowed are 1 to 32"));
  EXPECT_THAT(problem(kDigits.substr(0, 15)), HasSubstr("ends within the header, which has 3 axes"));
  EXPECT_THAT(problem(idx(8, {2, 0, 3}, "")), HasSubstr("is empty: its shape is [2,0,3]"));
  EXPECT_THAT(problem(kDigits.substr(0, 20)), HasSubstr("claims uint8 of shape [2,2,3], the file is too short"));
  EXPECT_THAT(problem(kDigits + "x"), HasSubstr("more than these follow"));
  EXPECT_THAT(problem(idx(0x0E, std::vector<std::uint32_t>(32, 0xFFFFFFFF), "x")), HasSubstr("too short"));
}

TEST_F(Idx, IsRefusedWhereItsCompressionIsDamaged) {
  const std::string sound = gzip(kDigits);
  EXPECT_THAT(problem(sound.substr(0, sound.size() - 3)), HasSubstr("ends too early"));
  EXPECT_THAT(problem(sound.substr(0, 2)), HasSubstr("ends too early"));
  EXPECT_THAT(problem(sound + "rubbish"), HasSubstr("damaged: incorrect header check"));
  std::string wrong = sound;
  wrong[sound.size() - 6] ^= 1;
  EXPECT_THAT(problem(wrong), HasSubstr("damaged: incorrect data check"));
  EXPECT_THAT(problem(gzip(idx(8, {4000, 4000, 4000}, "x"))), HasSubstr("too short"));
  EXPECT_THAT(problem(gzip(kDigits + std::string(1000000, 'x'))), HasSubstr("more than these follow"));
  EXPECT_THAT(problem(gzip("x")), HasSubstr("is not an IDX file"));
}

TEST_F(Idx, OfBytesIsGreyImages) {
  DataConfig config;
  config.data = {.type = "idx",
                 .path = folder_.write("images.gz", gzip(kDigits)),
                 .labels = folder_.write("labels", idx(8, {2}, "\7\3"))};
  config.preprocess.channel_order = "GRAY";
  config.preprocess.divide_by = 2;
  const auto data = open_dataset(config, kGrey, {.labels_required = true});
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_EQ((*data)->size(), 2U);
  EXPECT_EQ((*data)->truth(1)->label, 3);
  EXPECT_THAT(first_input<float>(**data, 0), ElementsAre(0.5, 1, 1.5, 2, 2.5, 3));
  const Digest first = (*data)->fingerprint();
  config.data.path = folder_.copy("moved", config.data.path);
  EXPECT_EQ((*open_dataset(config, kGrey))->fingerprint(), first);
  config.data.labels = folder_.write("labels2", idx(8, {2}, "\7\4"));
  EXPECT_NE((*open_dataset(config, kGrey))->fingerprint(), first);
  config.data.labels.clear();
  EXPECT_THAT(open_dataset(config, kGrey, {.labels_required = true}).error().message,
              HasSubstr("labels are needed: give data.labels (an IDX file)"));
}

TEST_F(Idx, OfOtherArraysIsFedAsStored) {
  const std::vector<ValueInfo> inputs{{"input", ElementType::Float32, {-1, 2}, {}}};
  DataConfig config;
  config.data = {.type = "idx",
                 .path = folder_.write("x", idx(0x0E, {1, 2}, {"\x3F\xF0\0\0\0\0\0\0\xC0\0\0\0\0\0\0\0", 16}))};
  const auto data = open_dataset(config, inputs);
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_THAT(first_input<float>(**data, 0), ElementsAre(1, -2));
  config.preprocess.divide_by = 255;
  EXPECT_THAT(open_dataset(config, inputs).error().message,
              HasSubstr("x: float64 [1,2] is fed as stored, preprocess has no effect on it"));
}

TEST_F(Idx, HasAsManyLabelsAsSamples) {
  DataConfig config;
  config.data = {
      .type = "idx", .path = folder_.write("x", kDigits), .labels = folder_.write("labels", idx(8, {3}, "\7\3\1"))};
  EXPECT_THAT(open_dataset(config, kGrey).error().message, HasSubstr("x has 2 samples, there are 3 labels"));
}

}  // namespace
}  // namespace quantrail
