#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/array_files.h"
#include "data/image_source.h"
#include "tests/data/support.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class ImageList : public ::testing::Test {
 protected:
  Result<ImageSourcePtr> opened(const std::string& lines, bool labels_required = true) {
    spec_.path = folder_.write("lists/val.txt", lines);
    return open_image_list(spec_, labels_required);
  }
  std::string problem(const std::string& lines, bool labels_required = true) {
    const auto source = opened(lines, labels_required);
    return source ? "none" : source.error().message;
  }
  TemporaryFolder folder_;
  DataSpec spec_{.type = "image_list"};
  std::filesystem::path image_ = folder_.copy("lists/a b.png", fixture("colour.png"));
};

TEST_F(ImageList, TakesPathsWithBlanksAndTheLastWordAsLabel) {
  const auto source = opened("\xEF\xBB\xBF# a comment\n\n  a b.png   7\t\r\na b.png\t3");
  ASSERT_TRUE(source) << source.error().message;
  EXPECT_EQ((*source)->size(), 2U);
  EXPECT_EQ((*source)->label(0), 7);
  EXPECT_EQ((*source)->label(1), 3);
  EXPECT_THAT((*source)->describe(0), HasSubstr("val.txt:3: "));
  EXPECT_THAT((*source)->describe(1), EndsWith("lists/a b.png"));
  EXPECT_EQ((*source)->image(0)->size, (ImageSize{37, 23}));
}

TEST_F(ImageList, MayLackLabelsUnlessRequired) {
  const auto source = opened("a b.png\na b.png 1\n", false);
  ASSERT_TRUE(source) << source.error().message;
  EXPECT_EQ((*source)->label(0), std::nullopt);
  EXPECT_EQ((*source)->label(1), 1);
  EXPECT_THAT(problem("a b.png\n"), HasSubstr("val.txt:1: the label is \"b.png\", an integer is needed"));
  EXPECT_THAT(problem("x.png\n"), HasSubstr("val.txt:1: the label is missing"));
}

TEST_F(ImageList, RefusesBadLabelsNamingTheLine) {
  EXPECT_THAT(problem("a b.png 1\na b.png abc\n"), HasSubstr("val.txt:2: the label is \"abc\", an integer is needed"));
  EXPECT_THAT(problem("a b.png -1\n"), HasSubstr("val.txt:1: the label is -1, allowed are 0 and more"));
  EXPECT_THAT(problem("a b.png 99999999999999999999\n"), HasSubstr("allowed are 0 and more"));
  EXPECT_THAT(problem("a b.png 1.5\n"), HasSubstr("the label is \"1.5\""));
}

TEST_F(ImageList, TakesCommasAndTabsBeforeLabels) {
  folder_.copy("lists/c,5.png", fixture("colour.png"));
  const auto source = opened("a b.png,1\na b.png , 2\na b.png\t3\nc,5.png,4\nc,5.png 5\na b.png,\"6\"\n");
  ASSERT_TRUE(source) << source.error().message;
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ((*source)->label(i), static_cast<std::int64_t>(i + 1));
  EXPECT_THAT((*source)->describe(3), EndsWith("lists/c,5.png"));
  EXPECT_EQ((*opened("c,5.png\n", false))->label(0), std::nullopt);
}

TEST_F(ImageList, TakesPathsBetweenQuotes) {
  folder_.copy("lists/c \"5\",3", fixture("colour.png"));
  const auto source = opened("\"a b.png\",1\n\"a b.png\" 2\n\"c \"\"5\"\",3\",\"3\"\r\n");
  ASSERT_TRUE(source) << source.error().message;
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ((*source)->label(i), static_cast<std::int64_t>(i + 1));
  EXPECT_THAT((*source)->describe(2), EndsWith("lists/c \"5\",3"));
  EXPECT_EQ((*opened("\"c \"\"5\"\",3\"\n", false))->label(0), std::nullopt);
  EXPECT_THAT(problem("\"a b.png,1\n"), HasSubstr("val.txt:1: the closing quote of the path is missing"));
  EXPECT_THAT(problem("\"a b.png\"\"\n"), HasSubstr("the closing quote"));
  EXPECT_THAT(problem("\"\n"), HasSubstr("the closing quote"));
  EXPECT_THAT(problem("\"a b.png\"1\n"), HasSubstr("a comma or blank is needed"));
  EXPECT_THAT(problem("\"a b.png\"\n"), HasSubstr("the label is missing"));
  EXPECT_THAT(problem("\"a b.png\",x\n", false), HasSubstr("the label is \"x\", an integer is needed"));
}

TEST_F(ImageList, HasNoHeader) {
  for (const bool labels_required : {true, false}) {
    EXPECT_THAT(problem("# a comment\npath,label\na b.png,1\n", labels_required),
                HasSubstr("val.txt:2: \"path,label\" is a header: remove this line"));
  }
  EXPECT_THAT(problem("path\na b.png\n", false), HasSubstr("val.txt:1: \"path\" is a header"));
  EXPECT_THAT(problem("path\na b.png\n"), HasSubstr("the label is missing"));
  EXPECT_THAT(problem("path,label\ngone.png,1\n"),
              HasSubstr("val.txt:1: the label is \"label\", an integer is needed: \"path label\" or \"path,label\" (if "
                        "this line is a header, remove it)"));
  EXPECT_THAT(problem("gone.png\na b.png,1\n", false), HasSubstr("a header must be removed"));
  EXPECT_THAT(problem("a b.png,1\npath,label\n"), Not(HasSubstr("header")));
}

TEST_F(ImageList, ListsLabelsWhereMostLinesHaveASecondField) {
  const auto lists = [&](const std::string& lines) {
    spec_.path = folder_.write("lists/val.txt", lines);
    return lists_labels(spec_);
  };
  EXPECT_TRUE(lists("path,label\na b.png,cat\na b.png dog\n"));
  EXPECT_TRUE(lists("\"a b.png\" cat\n"));
  EXPECT_FALSE(lists("a b.png\n\"a b.png\"\na b.png 1\n"));
  EXPECT_FALSE(lists("gone.png\n"));
}

TEST_F(ImageList, TakesNamesOfClasses) {
  spec_.classes = folder_.write("names.txt",
                                "\xEF\xBB\xBF"
                                "cat\r\nhot dog\ndog\n\n");
  const auto source = opened("a b.png,hot dog\na b.png dog\na b.png\tcat\n\"a b.png\" hot dog\n");
  ASSERT_TRUE(source) << source.error().message;
  EXPECT_EQ((*source)->label(0), 1);
  EXPECT_EQ((*source)->label(1), 2);
  EXPECT_EQ((*source)->label(2), 0);
  EXPECT_EQ((*source)->label(3), 1);
  EXPECT_THAT(problem("a b.png,cta\n"),
              HasSubstr("the label is \"cta\" (did you mean \"cat\"?), a name of data.classes is needed"));
  EXPECT_THAT(problem("a b.png,1\n"), HasSubstr("a name of data.classes is needed"));
  EXPECT_EQ((*opened("a b.png\n", false))->label(0), std::nullopt);
}

TEST_F(ImageList, NeedsANameForEachClass) {
  const auto refused = [&](const std::string& names) {
    spec_.classes = folder_.write("names.txt", names);
    return problem("a b.png,cat\n");
  };
  EXPECT_THAT(refused("cat\n\ndog\n"), HasSubstr("names.txt:2: the name of class 1 is missing"));
  EXPECT_THAT(refused("cat\ndog\ncat"), HasSubstr("names.txt:3: \"cat\" is the name of class 0 already"));
  EXPECT_THAT(refused("\n"), HasSubstr("there are no names of classes"));
  spec_.classes = folder_.path() / "no.txt";
  EXPECT_THAT(problem("a b.png,cat\n"), HasSubstr("no.txt: No such file"));
}

TEST_F(ImageList, NamesMissingEmptyAndImpossibleFilesAtOnce) {
  EXPECT_THAT(problem("a b.png 1\nmissing.jpg 2\n"), HasSubstr("val.txt:2: "));
  EXPECT_THAT(problem("a b.png 1\nmissing.jpg 2\n"), HasSubstr("missing.jpg: No such file"));
  EXPECT_THAT(opened("missing.jpg;2\n", false).error().message, HasSubstr("a line is \"path label\""));
  folder_.write("lists/zero.jpg", "");
  EXPECT_THAT(problem("zero.jpg 1\n"), HasSubstr("zero.jpg: the file is empty"));
  EXPECT_THAT(problem(". 1\n"), HasSubstr("is not a file"));
  EXPECT_THAT(problem(std::string("a\0b 1\n", 6)), HasSubstr("zero byte"));
}

TEST_F(ImageList, RefusesAListWithoutImages) {
  EXPECT_THAT(problem("# nothing\n\n"), HasSubstr("there are no images"));
  EXPECT_THAT(problem(""), HasSubstr("there are no images"));
  spec_.path = folder_.path() / "no.txt";
  EXPECT_THAT(open_image_list(spec_, true).error().message, HasSubstr("no.txt: No such file"));
}

TEST_F(ImageList, TakesAnotherRootAndAbsolutePaths) {
  folder_.copy("other/c.png", fixture("colour.png"));
  spec_.root = folder_.path() / "other";
  EXPECT_TRUE(opened("c.png 1\n"));
  EXPECT_TRUE(opened(image_.string() + " 1\n"));
}

TEST_F(ImageList, NoticesAWriteWhileItIsInUse) {
  const auto an_hour_ago = std::filesystem::file_time_type::clock::now() - std::chrono::hours(1);
  std::filesystem::last_write_time(image_, an_hour_ago);
  const auto source = opened("a b.png 1\n");
  ASSERT_TRUE(source) << source.error().message;
  ASSERT_TRUE((*source)->image(0));
  std::filesystem::last_write_time(image_, an_hour_ago + std::chrono::seconds(1));
  const auto image = (*source)->image(0);
  ASSERT_FALSE(image);
  EXPECT_EQ(image.error().message, "the file was changed while it was in use");
}

TEST(ImageFolder, MakesClassesOfSortedSubfolders) {
  const TemporaryFolder folder;
  folder.copy("val/dog/z.JPG", fixture("colour_420.jpg"));
  folder.copy("val/dog/deep/a.png", fixture("colour.png"));
  folder.copy("val/cat/b.jfif", fixture("grey.jpg"));
  folder.copy("val/.hidden/b.jpeg", fixture("grey.jpg"));
  folder.write("val/cat/notes.txt", "no image");
  folder.write("val/readme.md", "no image");
  const auto source = open_image_folder({.type = "image_folder", .path = folder.path() / "val"}, true);
  ASSERT_TRUE(source) << source.error().message;
  ASSERT_EQ((*source)->size(), 3U);
  EXPECT_THAT((*source)->describe(0), EndsWith("cat/b.jfif"));
  EXPECT_THAT((*source)->describe(1), EndsWith("dog/deep/a.png"));
  EXPECT_THAT((*source)->describe(2), EndsWith("dog/z.JPG"));
  EXPECT_EQ((*source)->label(0), 0);
  EXPECT_EQ((*source)->label(2), 1);
}

TEST(ImageFolder, TakesNumbersAndNamesOfClassesForLabels) {
  const TemporaryFolder folder;
  folder.copy("numbers/0/a.png", fixture("colour.png"));
  folder.copy("numbers/10/a.png", fixture("colour.png"));
  folder.copy("numbers/9/a.png", fixture("colour.png"));
  const auto numbers = open_image_folder({.type = "image_folder", .path = folder.path() / "numbers"}, true, 12);
  ASSERT_TRUE(numbers) << numbers.error().message;
  EXPECT_EQ((*numbers)->label(1), 10);
  EXPECT_THAT((*numbers)->notes(), ElementsAre(HasSubstr("3 class folders, the network scores 12")));
  EXPECT_THAT((*open_image_folder({.path = folder.path() / "numbers"}, false, 12))->notes(), IsEmpty());

  folder.copy("names/cat/a.png", fixture("colour.png"));
  std::filesystem::create_directories(folder.path() / "names/tmp");
  DataSpec spec{.type = "image_folder", .path = folder.path() / "names"};
  spec.classes = folder.write("classes.txt", "dog\ncat\n");
  const auto names = open_image_folder(spec, true);
  ASSERT_TRUE(names) << names.error().message;
  EXPECT_EQ((*names)->label(0), 1);
  folder.copy("names/cow/a.png", fixture("colour.png"));
  EXPECT_THAT(open_image_folder(spec, true).error().message, HasSubstr("names: the folder \"cow\" is no name of"));
}

TEST(ImageFolder, MayBeFlatUnlessLabelsAreRequired) {
  const TemporaryFolder folder;
  folder.copy("b.png", fixture("colour.png"));
  folder.copy("a.jpg", fixture("grey.jpg"));
  const DataSpec spec{.type = "image_folder", .path = folder.path()};
  const auto source = open_image_folder(spec, false);
  ASSERT_TRUE(source) << source.error().message;
  EXPECT_THAT((*source)->describe(0), EndsWith("a.jpg"));
  EXPECT_EQ((*source)->label(0), std::nullopt);
  EXPECT_THAT(open_image_folder(spec, true).error().message, HasSubstr("one per class is needed"));
}

TEST(ImageFolder, RefusesFoldersWithoutImages) {
  const TemporaryFolder folder;
  EXPECT_THAT(open_image_folder({.path = folder.path()}, false).error().message, HasSubstr("there are no images"));
  EXPECT_THAT(open_image_folder({.path = folder.path() / "no"}, false).error().message, HasSubstr("No such file"));
  EXPECT_THAT(open_image_folder({.path = folder.write("list.txt", "x")}, false).error().message,
              HasSubstr("list.txt: is a file, image_folder needs a folder"));
}

TEST(ImageFolder, RefusesImagesOfOtherKindsRatherThanSkipThem) {
  const TemporaryFolder folder;
  folder.copy("cat/a.jpg", fixture("grey.jpg"));
  folder.write("cat/b.WebP", "RIFF");
  EXPECT_THAT(open_image_folder({.path = folder.path()}, true).error().message,
              HasSubstr("b.WebP: images of this kind are not read, convert them to PNG or JPEG"));
}

std::string record(int label, std::uint8_t red, std::uint8_t green, std::uint8_t blue) {
  std::string text(1, static_cast<char>(label));
  for (const auto value : {red, green, blue}) text.append(1024, static_cast<char>(value));
  return text;
}

TEST(Cifar10, ReadsRecordsOfOneFile) {
  const TemporaryFolder folder;
  const auto path = folder.write("test_batch.bin", record(3, 1, 2, 3) + record(9, 4, 5, 6));
  const auto source = open_cifar10({.path = path});
  ASSERT_TRUE(source) << source.error().message;
  EXPECT_EQ((*source)->size(), 2U);
  EXPECT_EQ((*source)->label(1), 9);
  EXPECT_THAT((*source)->describe(1), HasSubstr("test_batch.bin record 1"));
  const auto image = (*source)->image(1);
  ASSERT_TRUE(image);
  EXPECT_EQ(image->size, (ImageSize{32, 32}));
  EXPECT_EQ(image->values[0], 4);
  EXPECT_EQ(image->values[3 * 1023 + 2], 6);
}

TEST(Cifar10, ReadsTheTrainingBatchesOfAFolderInOrder) {
  const TemporaryFolder folder;
  folder.write("data_batch_2.bin", record(2, 0, 0, 0));
  folder.write("data_batch_1.bin", record(1, 0, 0, 0));
  folder.write("test_batch.bin", record(9, 0, 0, 0));
  const auto source = open_cifar10({.path = folder.path()});
  ASSERT_TRUE(source);
  EXPECT_EQ((*source)->size(), 2U);
  EXPECT_EQ((*source)->label(0), 1);
}

TEST(Cifar10, RefusesOtherFiles) {
  const TemporaryFolder folder;
  const auto problem = [](const std::filesystem::path& path) { return open_cifar10({.path = path}).error().message; };
  EXPECT_THAT(problem(folder.path()), HasSubstr("there is no data_batch_*.bin"));
  EXPECT_THAT(problem(folder.write("cut.bin", record(1, 0, 0, 0).substr(1))),
              HasSubstr("3072 bytes are not a whole number"));
  EXPECT_THAT(problem(folder.write("empty.bin", "")), HasSubstr("the file is empty"));
  EXPECT_THAT(problem(folder.write("label.bin", record(10, 0, 0, 0))),
              HasSubstr("record 0: the label is 10, allowed are 0 to 9"));
  EXPECT_THAT(problem(folder.path() / "missing.bin"), HasSubstr("No such file"));
}

TEST(ImageArrays, TakeEitherLayoutAndOneOrThreeChannels) {
  const TemporaryFolder folder;
  const std::vector<std::uint8_t> codes{1, 2, 3, 4, 5, 6};
  const auto image = [&](const Shape& shape, const std::string& layout) {
    const auto path = folder.write("x.npy", npy_of<std::uint8_t>("|u1", shape, codes));
    const DataSpec spec{.type = "npy", .path = path, .layout = layout};
    return (*images_of(*open_array_files(spec, false), spec))->image(0)->values;
  };
  EXPECT_EQ(image({1, 1, 2, 3}, "NHWC"), codes);
  EXPECT_EQ(image({1, 3, 1, 2}, "NCHW"), (std::vector<std::uint8_t>{1, 3, 5, 2, 4, 6}));
  const std::vector<std::uint8_t> grey{1, 1, 1, 2, 2, 2};
  EXPECT_EQ(image({3, 1, 2, 1}, "NHWC"), grey);
  EXPECT_EQ(image({3, 1, 1, 2}, "NCHW"), grey);
  EXPECT_EQ(image({3, 1, 2}, "NHWC"), grey);
  EXPECT_EQ(image({3, 1, 2}, "NCHW"), grey);
}

TEST(ImageArrays, RefuseOtherArrays) {
  const TemporaryFolder folder;
  const auto problem = [&](const std::string& content) {
    const DataSpec spec{.type = "npy", .path = folder.write("x.npy", content), .layout = "NHWC"};
    return images_of(*open_array_files(spec, false), spec).error().message;
  };
  EXPECT_THAT(problem(npy_of<float>("<f4", {1, 1, 1, 3}, {1, 2, 3})), HasSubstr("found float32 [1,1,1,3]"));
  EXPECT_THAT(problem(npy_of<float>("<f4", {1, 1, 1, 3}, {1, 2, 3})), HasSubstr("without data.layout, arrays are fed"));
  EXPECT_THAT(problem(npy_of<std::uint8_t>("|u1", {3, 1}, {1, 2, 3})), HasSubstr("needs one uint8 array"));
  EXPECT_THAT(problem(npy_of<std::uint8_t>("|u1", {1, 1, 1, 2}, {1, 2})), HasSubstr("C 1 or 3"));
}

}  // namespace
}  // namespace quantrail
