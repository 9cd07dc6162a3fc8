#include "data/npy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/npy_header.h"
#include "data/npz.h"
#include "tests/data/support.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Result<NpyArray> opened(const std::string& text) {
  const auto bytes = std::as_bytes(std::span(text));
  return open_npy(bytes_in_memory({bytes.begin(), bytes.end()}), "x.npy");
}

std::string problem(const std::string& text) {
  const auto array = opened(text);
  return array ? "none" : array.error().message;
}

const std::string kTwoFloats(8, '\0');

TEST(NpyHeader, TakesEntriesInAnyOrderAndSpacing) {
  const auto header = parse_npy_header("{ \"shape\":(3,4 , 5),'fortran_order' :False, 'descr':'<f4' }   \n");
  ASSERT_TRUE(header);
  EXPECT_EQ(header->descr, "<f4");
  EXPECT_THAT(header->shape, ElementsAre(3, 4, 5));
  EXPECT_FALSE(header->fortran_order);
}

TEST(NpyHeader, RefusesWhatIsNotTheThreeEntries) {
  for (const auto* text : {"", "{", "{}", "{'descr': '<f4', 'fortran_order': False}",
                           "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}",
                           "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': (1 2)}",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x",
                           "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}"}) {
    EXPECT_FALSE(parse_npy_header(text)) << text;
  }
}

TEST(Npy, ReadsRows) {
  const auto array = opened(npy_of<float>("<f4", {2, 3}, {1, 2, 3, 4, 5, 6}));
  ASSERT_TRUE(array) << array.error().message;
  EXPECT_EQ(array->rows(), 2U);
  EXPECT_EQ(array->type(), ElementType::Float32);
  std::vector<std::byte> row(array->row_bytes());
  ASSERT_TRUE(array->read_row(1, row));
  EXPECT_THAT(values_of<float>(row), ElementsAre(4, 5, 6));
}

TEST(Npy, KnowsIntegersOfEveryWidth) {
  for (const auto& [descr, type] : std::vector<std::pair<std::string, ElementType>>{{"|i1", ElementType::Int8},
                                                                                    {"|u1", ElementType::Uint8},
                                                                                    {"<i2", ElementType::Int16},
                                                                                    {"<u2", ElementType::Uint16},
                                                                                    {"<i4", ElementType::Int32},
                                                                                    {"<u4", ElementType::Uint32},
                                                                                    {"<i8", ElementType::Int64},
                                                                                    {"<u8", ElementType::Uint64}}) {
    const auto width = static_cast<std::size_t>(descr[2] - '0');
    const auto array =
        opened(npy_text("{'descr': '" + descr + "', 'fortran_order': False, 'shape': (1,)}", std::string(width, '\0')));
    ASSERT_TRUE(array) << array.error().message;
    EXPECT_EQ(array->type(), type) << descr;
  }
}

TEST(Npy, ReadsVersionsTwoAndThree) {
  for (const char version : {'\x02', '\x03'}) {
    std::string text = npy_of<std::uint8_t>("|u1", {4}, {7, 8, 9, 10});
    text[6] = version;
    text.insert(10, 2, '\0');
    const auto array = opened(text);
    ASSERT_TRUE(array) << array.error().message;
    EXPECT_EQ(array->rows(), 4U);
  }
}

TEST(Npy, RefusesAnUnknownVersion) {
  std::string text = npy_of<std::uint8_t>("|u1", {1}, {7});
  text[6] = '\x09';
  EXPECT_THAT(problem(text), HasSubstr("version 9"));
}

TEST(Npy, RefusesAShapeThatTheFileCannotHold) {
  EXPECT_THAT(problem(npy_text("{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", kTwoFloats)),
              HasSubstr("float32 of shape [3], the file holds 2 elements"));
  EXPECT_THAT(
      problem(npy_text("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 8)}", kTwoFloats)),
      HasSubstr("the file holds 2 elements"));
  EXPECT_THAT(
      problem(npy_text("{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 0)}", kTwoFloats)),
      HasSubstr("the file holds 2 elements"));
}

TEST(Npy, RefusesEmptyAndScalarArrays) {
  EXPECT_THAT(problem(npy_text("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3)}", "")),
              HasSubstr("is empty"));
  EXPECT_THAT(problem(npy_text("{'descr': '<f4', 'fortran_order': False, 'shape': ()}", kTwoFloats)),
              HasSubstr("first axis"));
}

TEST(Npy, RefusesFortranOrderAndOtherTypes) {
  EXPECT_THAT(problem(npy_text("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 2)}", kTwoFloats)),
              HasSubstr("Fortran"));
  for (const auto* descr : {">f4", "<c8", "|O", "<U4", "<f16", "|S8", "<M8", "", "<i3"}) {
    const auto text =
        npy_text(std::string("{'descr': '") + descr + "', 'fortran_order': False, 'shape': (1,)}", kTwoFloats);
    EXPECT_THAT(problem(text), HasSubstr("not supported")) << descr;
  }
}

TEST(Npy, NoticesAWriteWhileItIsInUse) {
  const TemporaryFolder folder;
  const std::string content = npy_of<float>("<f4", {2, 1}, {1, 2});
  const auto path = folder.write("a.npy", content);
  std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  const auto array = open_npy(open_bytes(path).value(), "a.npy");
  ASSERT_TRUE(array) << array.error().message;
  std::array<std::byte, 4> row{};
  ASSERT_TRUE(array->read_row(1, row));
  folder.write("a.npy", content);
  const auto read = array->read_row(1, row);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message, "a.npy: row 1: the file was changed while it was in use");
}

TEST(Npy, RefusesFilesCutAnywhere) {
  const std::string whole = npy_of<float>("<f4", {2}, {1, 2});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(opened(whole.substr(0, length))) << length;
  }
  EXPECT_TRUE(opened(whole));
}

TEST(Npy, RefusesAHeaderLongerThanTheFile) {
  std::string text = npy_of<float>("<f4", {2}, {1, 2});
  text[9] = '\x7F';
  EXPECT_THAT(problem(text), HasSubstr("the .npy header claims"));
}

TEST(Npy, NamesTheFileAndTheSystemsReason) {
  const auto missing = open_npy(std::filesystem::path("/nowhere/x.npy"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().cause, Cause::InvalidInput);
  EXPECT_THAT(missing.error().message, HasSubstr("/nowhere/x.npy: No such file"));
  EXPECT_THAT(open_npy(std::filesystem::temp_directory_path()).error().message, HasSubstr("is not a file"));
}

TEST(Npy, ReportsAFileThatShrinksLater) {
  const TemporaryFolder folder;
  const auto path = folder.write("x.npy", npy_of<float>("<f4", {2}, {1, 2}));
  const auto array = open_npy(path);
  ASSERT_TRUE(array);
  std::filesystem::resize_file(path, 20);
  std::vector<std::byte> row(array->row_bytes());
  const auto read = array->read_row(1, row);
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, HasSubstr("row 1: the file ends too early"));
}

TEST(Labels, AreReadFromEveryIntegerType) {
  EXPECT_THAT(*read_labels(*opened(npy_of<std::int8_t>("|i1", {2}, {1, 127}))), ElementsAre(1, 127));
  EXPECT_THAT(*read_labels(*opened(npy_of<std::uint8_t>("|u1", {2}, {1, 255}))), ElementsAre(1, 255));
  EXPECT_THAT(*read_labels(*opened(npy_of<std::int16_t>("<i2", {2}, {1, 300}))), ElementsAre(1, 300));
  EXPECT_THAT(*read_labels(*opened(npy_of<std::uint32_t>("<u4", {1}, {4000000000U}))), ElementsAre(4000000000));
  EXPECT_THAT(*read_labels(*opened(npy_of<std::int64_t>("<i8", {2, 1}, {5, 6}))), ElementsAre(5, 6));
}

TEST(Labels, MustBeIntegersInOneColumnAndNotNegative) {
  EXPECT_THAT(read_labels(*opened(npy_of<float>("<f4", {1}, {1}))).error().message, HasSubstr("found float32"));
  EXPECT_THAT(read_labels(*opened(npy_of<std::int32_t>("<i4", {1, 2}, {1, 2}))).error().message, HasSubstr("[1,2]"));
  EXPECT_THAT(read_labels(*opened(npy_of<std::int32_t>("<i4", {2}, {1, -2}))).error().message,
              HasSubstr("row 1: a label must be 0 or more"));
  EXPECT_FALSE(read_labels(*opened(npy_of<std::uint64_t>("<u8", {1}, {1ULL << 63U}))));
}

TEST(Npz, ReadsStoredAndDeflatedArrays) {
  for (const auto* name : {"stored.npz", "deflated.npz"}) {
    const auto arrays = open_npz(fixture(name));
    ASSERT_TRUE(arrays) << arrays.error().message;
    ASSERT_EQ(arrays->size(), 2U);
    EXPECT_THAT(arrays->at("x").shape, ElementsAre(4, 2, 3));
    EXPECT_THAT(*read_labels(arrays->at("labels")), ElementsAre(0, 1, 2, 1));
    std::vector<std::byte> row(arrays->at("x").row_bytes());
    ASSERT_TRUE(arrays->at("x").read_row(3, row));
    EXPECT_THAT(values_of<float>(row), ElementsAre(18, 19, 20, 21, 22, 23));
  }
}

TEST(Npz, RefusesDamagedArchives) {
  const TemporaryFolder folder;
  EXPECT_THAT(open_npz(folder.write("text.npz", "not an archive")).error().message,
              HasSubstr("text.npz: not a readable .npz archive"));
  EXPECT_FALSE(open_npz(folder.write("empty.npz", "")));
  EXPECT_FALSE(open_npz(folder.path() / "missing.npz"));
  std::ifstream file(fixture("deflated.npz"), std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(file)), {});
  for (std::size_t length = 0; length < whole.size(); length += 7) {
    EXPECT_FALSE(open_npz(folder.write("cut.npz", whole.substr(0, length)))) << length;
  }
  std::string flipped = whole;
  flipped[60] = static_cast<char>(flipped[60] ^ 0x55);
  EXPECT_FALSE(open_npz(folder.write("flipped.npz", flipped)));
}

}  // namespace
}  // namespace quantrail
