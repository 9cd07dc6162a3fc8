#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "data/image_source.h"
#include "data/open.h"
#include "tests/data/support.h"

namespace quantrail {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<ValueInfo> kInput{{"input", ElementType::Float32, {-1, 3, 40, 40}, {}}};

class Coco : public ::testing::Test {
 protected:
  Result<ImageSourcePtr> opened(bool labels_required = true) { return opened_text(document_.dump(), labels_required); }
  Result<ImageSourcePtr> opened_text(const std::string& text, bool labels_required = true) {
    spec_.path = folder_.write("set/annotations.json", text);
    return open_coco(spec_, labels_required);
  }
  std::string problem() {
    const auto source = opened();
    return source ? "none" : source.error().message;
  }
  /// The fingerprint of the whole data set, letterboxed to 40 x 40.
  Digest fingerprint() {
    spec_.path = folder_.write("set/annotations.json", document_.dump());
    const auto data = open_dataset({.data = spec_, .preprocess = preprocess_}, kInput, {.labels_required = true});
    EXPECT_TRUE(data) << data.error().message;
    return data ? (*data)->fingerprint() : Digest{};
  }

  TemporaryFolder folder_;
  std::filesystem::path image_ = folder_.copy("set/b.png", fixture("colour.png"));  // 37 x 23
  DataSpec spec_{.type = "coco"};
  Preprocess preprocess_{.resize = Preprocess::ResizeMode::Letterbox, .width = 40, .height = 40};
  json document_ = json::parse(R"({
    "info": {"year": 2017},
    "images": [{"id": 20, "file_name": "b.png", "width": 37, "height": 23, "license": 1},
               {"id": 10, "file_name": "b.png", "width": 37, "height": 23}],
    "annotations": [
      {"id": 1, "image_id": 10, "category_id": 90, "bbox": [1.5, 2, 10, 20.25], "area": 100, "iscrowd": 0},
      {"id": 2, "image_id": 10, "category_id": 3, "bbox": [0, 0, 37, 23], "iscrowd": 1}],
    "categories": [{"id": 90, "name": "toothbrush"}, {"id": 1, "name": "person"}, {"id": 3, "name": "car"}]})");
};

TEST_F(Coco, GivesImagesInTheirOrderWithTheirObjects) {
  const auto source = opened();
  ASSERT_TRUE(source) << source.error().message;
  ASSERT_EQ((*source)->size(), 2U);
  EXPECT_THAT((*source)->describe(1), EndsWith("annotations.json: images[1]: " + image_.string()));
  EXPECT_TRUE((*source)->markings(0)->objects->empty());
  EXPECT_EQ((*source)->markings(1)->size, (ImageSize{37, 23}));
  // Categories 1, 3, 90 are the classes 0, 1, 2.
  const std::vector<MarkedObject> expected{{{1.5, 2, 11.5, 22.25}, 2, false}, {{0, 0, 37, 23}, 1, true}};
  EXPECT_EQ(*(*source)->markings(1)->objects, expected);
  EXPECT_EQ((*source)->label(1), std::nullopt);
}

TEST_F(Coco, LooksForImagesInTheRoot) {
  folder_.copy("elsewhere/c.png", fixture("colour.png"));
  for (auto& image : document_["images"]) image["file_name"] = "c.png";
  EXPECT_THAT(problem(), HasSubstr("annotations.json: images[0]: "));
  EXPECT_THAT(problem(), AllOf(HasSubstr("set/c.png: No such file"), HasSubstr("looked for in data.root"),
                               Not(HasSubstr("path label"))));
  spec_.root = folder_.path() / "elsewhere";
  EXPECT_EQ(problem(), "none");
}

TEST_F(Coco, CalibratesWithoutObjects) {
  document_["annotations"] = json::array();
  EXPECT_THAT(problem(), HasSubstr("there is no object to find"));
  EXPECT_TRUE(opened(false));
  document_["annotations"] = json::parse(R"([{"id": 2, "image_id": 10, "category_id": 3, "bbox": [0, 0, 1, 1],
                                              "iscrowd": 1}])");
  EXPECT_THAT(problem(), HasSubstr("crowds left aside"));
}

TEST_F(Coco, KnowsWhereTheInputShowsTheImage) {
  spec_.path = folder_.write("set/annotations.json", document_.dump());
  preprocess_.align = Alignment::Center;
  const auto data = open_dataset({.data = spec_, .preprocess = preprocess_}, kInput, {.labels_required = true});
  ASSERT_TRUE(data) << data.error().message;
  // 37 x 23 becomes 40 x 25 (24.86), with 7 of the 15 free lines above it.
  const double scale = 40.0 / 37.0;
  EXPECT_EQ((*data)->truth(1)->placement, (ImagePlacement{scale, scale, 0, 7, 40, 40}));
  EXPECT_EQ((*data)->truth(1)->objects->size(), 2U);
}

TEST_F(Coco, HasAFingerprintOfEverythingThatIsMarked) {
  const Digest plain = fingerprint();
  EXPECT_EQ(fingerprint(), plain);
  const json before = document_;
  const auto changed = [&](const char* pointer, const json& value) {
    document_ = before;
    document_[json::json_pointer(pointer)] = value;
    return fingerprint();
  };
  EXPECT_NE(changed("/annotations/0/bbox/0", 2), plain);
  EXPECT_NE(changed("/annotations/0/category_id", 1), plain);
  EXPECT_NE(changed("/annotations/1/iscrowd", 0), plain);
  EXPECT_NE(changed("/annotations/0/image_id", 20), plain);
  EXPECT_EQ(changed("/annotations/0/area", 7), plain) << "areas are not read";
  document_ = before;
  preprocess_.pad_value = 0;
  EXPECT_NE(fingerprint(), plain);
  preprocess_.pad_value = 114;
  preprocess_.align = Alignment::Center;
  EXPECT_NE(fingerprint(), plain);
}

TEST_F(Coco, NamesTheMemberThatIsMissing) {
  const json before = document_;
  for (const auto* pointer : {"/images", "/annotations", "/categories", "/images/1/id", "/images/0/file_name",
                              "/images/0/width", "/images/0/height", "/annotations/1/id", "/annotations/1/image_id",
                              "/annotations/1/category_id", "/annotations/1/bbox", "/categories/2/id"}) {
    document_ = before;
    const json::json_pointer at(pointer);
    document_[at.parent_pointer()].erase(at.back());
    std::string place(pointer + 1);
    EXPECT_THAT(problem(), EndsWith(": missing")) << pointer;
    EXPECT_THAT(problem(), HasSubstr(place.substr(place.rfind('/') + 1) + ": missing")) << pointer;
  }
}

TEST_F(Coco, RefusesValuesThatCannotBe) {
  const json before = document_;
  const auto refused = [&](const char* pointer, const json& value) {
    document_ = before;
    document_[json::json_pointer(pointer)] = value;
    return problem();
  };
  EXPECT_THAT(refused("/annotations/0/image_id", 11), HasSubstr("annotations[0].image_id: 11 is not among the images"));
  EXPECT_THAT(refused("/annotations/0/category_id", 2),
              HasSubstr("annotations[0].category_id: 2 is not among the categories"));
  EXPECT_THAT(refused("/annotations/1/id", 1), HasSubstr("annotations[1].id: 1 is given twice"));
  EXPECT_THAT(refused("/images/1/id", 20), HasSubstr("images[1].id: 20 is given twice"));
  EXPECT_THAT(refused("/categories/1/id", 90), HasSubstr("categories[1].id: 90 is given twice"));
  EXPECT_THAT(refused("/annotations/0/bbox", {1, 2, 3}), HasSubstr("annotations[0].bbox: four finite numbers"));
  EXPECT_THAT(refused("/annotations/0/bbox/2", nullptr), HasSubstr("four finite numbers"));
  EXPECT_THAT(refused("/annotations/0/bbox/2", 1e300), HasSubstr("four finite numbers"));
  EXPECT_THAT(refused("/annotations/0/bbox/3", -1), HasSubstr("width and height must not be negative"));
  EXPECT_THAT(refused("/annotations/0/iscrowd", 2), HasSubstr("annotations[0].iscrowd: is 2, allowed are 0 to 1"));
  EXPECT_THAT(refused("/annotations/0/iscrowd", "no"), HasSubstr("annotations[0].iscrowd: is no integer"));
  EXPECT_THAT(refused("/annotations/0", 7), HasSubstr("annotations[0]: is no object"));
  EXPECT_THAT(refused("/annotations", 7), HasSubstr("annotations: is no list"));
  EXPECT_THAT(refused("/images", json::array()), HasSubstr("images: there are none"));
  EXPECT_THAT(refused("/images/0/width", 0), HasSubstr("images[0].width: is 0, allowed are 1 to"));
  EXPECT_THAT(refused("/images/0/width", 1.5), HasSubstr("images[0].width: is no integer"));
  EXPECT_THAT(refused("/images/0/id", 18446744073709551615U), HasSubstr("images[0].id: is 18446744073709551615"));
  EXPECT_THAT(refused("/images/0/file_name", ""), HasSubstr("images[0].file_name: is no file's name"));
  EXPECT_THAT(refused("/images/0/file_name", 7), HasSubstr("images[0].file_name: is no file's name"));
  EXPECT_THAT(refused("/images/0/file_name", std::string("a\0b", 3)), HasSubstr("is no file's name"));
}

TEST_F(Coco, RefusesTextThatIsNoCocoFile) {
  const auto refused = [&](const std::string& text) { return opened_text(text).error().message; };
  EXPECT_THAT(refused(""), HasSubstr("annotations.json: not valid JSON"));
  EXPECT_THAT(refused(R"({"images": [NaN]})"), HasSubstr("not valid JSON"));
  EXPECT_THAT(refused(R"({"images": [1e999]})"), HasSubstr("not valid JSON"));
  EXPECT_THAT(refused("[]"), HasSubstr("an object is needed"));
  EXPECT_THAT(refused(std::string(100000, '[') + std::string(100000, ']')), HasSubstr("more than 64 levels"));
  spec_.path = folder_.path() / "no.json";
  EXPECT_THAT(open_coco(spec_, true).error().message, HasSubstr("no.json: No such file"));
}

TEST_F(Coco, RefusesAnImageOfAnotherSizeThanAnnotated) {
  document_["images"][0]["width"] = 38;
  const auto source = opened();
  ASSERT_TRUE(source) << source.error().message;
  EXPECT_EQ((*source)->image(0).error().message, "is 37 x 23, the annotations say 38 x 23");
  EXPECT_TRUE((*source)->image(1));
}

}  // namespace
}  // namespace quantrail
