package main

const placedGoods = placed
