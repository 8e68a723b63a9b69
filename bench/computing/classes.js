class Shape {
  static count = 0;
  #scale = 1;
  constructor(name) {
    this.name = name;
    Shape.count += 1;
  }
  get scale() {
    return this.#scale;
  }
  set scale(value) {
    this.#scale = value;
  }
  area() {
    return 0;
  }
}
class Rectangle extends Shape {
  constructor(width, height) {
    super('rectangle');
    this.width = width;
    this.height = height;
  }
  area() {
    return super.area() + this.width * this.height * this.scale;
  }
}
class Square extends Rectangle {
  constructor(side) {
    super(side, side);
  }
  area() {
    return super.area() + 1;
  }
}
let sum = 0;
for (let i = 0; i < 5000; i++) {
  const shape = i % 2 === 0 ? new Square(i) : new Rectangle(i, 2);
  shape.scale = i % 4;
  sum += shape.area() + (shape instanceof Square ? 1 : 0) + shape.name.length;
}
sum + Shape.count;
