// Uses the C++ standard library: containers, streams, virtual calls, static initializers, sorting.
#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

struct Shape {
  virtual ~Shape() = default;
  virtual double area() const = 0;
  virtual std::string name() const = 0;
};

struct Square : Shape {
  explicit Square(double side) : side(side) {}
  double area() const override { return side * side; }
  std::string name() const override { return "square"; }
  double side;
};

struct Circle : Shape {
  explicit Circle(double radius) : radius(radius) {}
  double area() const override { return 3 * radius * radius; }
  std::string name() const override { return "circle"; }
  double radius;
};

static const std::map<std::string, int> sides{{"square", 4}, {"circle", 0}};

struct Farewell {
  ~Farewell() { std::cout << "destroyed" << std::endl; }
} farewell;

int main() {
  std::vector<std::unique_ptr<Shape>> shapes;
  std::string word;
  double size = 0;
  while (std::cin >> word >> size) {
    if (word == "square") shapes.push_back(std::make_unique<Square>(size));
    if (word == "circle") shapes.push_back(std::make_unique<Circle>(size));
  }
  std::sort(shapes.begin(), shapes.end(),
            [](const auto &one, const auto &other) { return one->area() < other->area(); });
  for (const auto &shape : shapes)
    std::cout << shape->name() << " " << sides.at(shape->name()) << " " << shape->area() << "\n";
  std::cout << std::accumulate(shapes.begin(), shapes.end(), 0.0,
                               [](double sum, const auto &shape) { return sum + shape->area(); })
            << std::endl;
}
